export {
  type ExportFormat,
  type ExportOptions,
  type ExportResult,
  exportFormats,
  exportStudy,
} from './export-study.ts';
export type { ExportedRun } from './run-columns.ts';
