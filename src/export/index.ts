export {
  type ExportOptions,
  type ExportResult,
  exportStudy,
} from './export-study.ts';
export { type ExportFormat, exportFormats } from './formats.ts';
export type { ExportedRun } from './run-columns.ts';
