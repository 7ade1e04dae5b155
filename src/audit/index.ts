export { type Alphabet, type Alphabets, arrangeSymbols } from './alphabets.ts';
export { type Audit, type AuditOptions, audit, mostModulus } from './audit.ts';
export { cayleySvg } from './cayley-svg.ts';
export { parseOrder } from './order.ts';
export { type ReadOptions, readSymbolTable, type SymbolTable } from './read-table.ts';
export { repairedCsv } from './repair.ts';
export { type AuditedRow, type AuditReport, auditReport } from './report.ts';
export { type DetectionScores, detectionScores } from './scores.ts';
