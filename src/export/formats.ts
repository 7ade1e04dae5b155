export const exportFormats = ['csv', 'parquet', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];
