export {
  type Claim,
  type ClaimOptions,
  type Criterion,
  type Findings,
  type Preset,
  presets,
  type Verdict,
} from './claim.ts';
export { claims } from './claims.ts';
export { verdictMarks } from './markdown.ts';
export { type PublishedRun, readPublished } from './published.ts';
export {
  type ClaimResult,
  cellsOf,
  type JudgedClaim,
  judgeClaims,
  type ReproduceResult,
  type RunLine,
  runLines,
} from './results.ts';
export { type CellProgress, runCells } from './run-cells.ts';
export { type ResultFiles, writeResults } from './write-results.ts';
