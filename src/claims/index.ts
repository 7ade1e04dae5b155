export { hashOf } from './cells/cell-job.ts';
export { type PublishedRun, readPublished } from './cells/published.ts';
export { type CellProgress, findCells, runCells } from './cells/run-cells.ts';
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
export { verdictMarks } from './results/markdown.ts';
export {
  type ClaimResult,
  cellsOf,
  type JudgedClaim,
  judgeClaims,
  type ReproduceResult,
  type RunLine,
  runLines,
} from './results/results.ts';
export { type ResultFiles, writeResults } from './results/write-results.ts';
