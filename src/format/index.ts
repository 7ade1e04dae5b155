export { writeFailure, writeFileAtomic } from './atomic.ts';
export { type CayleyTable, readCayleyTable } from './cayley-csv.ts';
export {
  type CheckpointFolder,
  checkpointFolder,
  decodeCheckpoint,
  encodeCheckpoint,
  runIdentity,
} from './checkpoint.ts';
export { completeDataset, readDataset, writeDataset } from './csv.ts';
export { type CsvRecord, csvRecords } from './csv-records.ts';
export { type DigitSets, type Digits, readDigits } from './digits.ts';
export { type IdxArray, readIdx } from './idx.ts';
export { makeFolders } from './make-folders.ts';
export { metricsHeader, metricsLine, readMetrics, writeMetrics } from './metrics.ts';
export { type Model, readModel, writeModel } from './model-file.ts';
export { quote } from './quote.ts';
export { readBytes, readChunks, readText } from './read-file.ts';
export { runConfig } from './run-config.ts';
export {
  claimFolder,
  claimRunDirectory,
  discardResults,
  type OpenedRun,
  openRun,
  type Run,
  type RunConfig,
  type RunResults,
  readRun,
  removeMadeFolders,
  runFiles,
  settingsAsMetadata,
  type TrainedControl,
  writeRun,
} from './run-directory.ts';
export {
  type Dtype,
  readSafetensors,
  type Safetensors,
  type StoredTensor,
  toFloat32,
  writeSafetensors,
} from './safetensors.ts';
export { readTransformer, type TransformerModel } from './transformer-file.ts';
export { tensorsHash, weightsHash } from './weights-hash.ts';
