/**
 * What a page needs beside `./task`, `./train` and `./analysis`, without anything of Node: the WebAssembly backend and the
 * readers of files.
 */

export type { Backend, TrainingSession } from './compute/port.ts';
export { type BrowserBackend, loadWasmBackend } from './compute/wasm/browser.ts';
export { completeDataset, readDataset, writeDataset } from './format/csv.ts';
export { readModel, writeModel } from './format/model-file.ts';
export { weightsDigest } from './format/weights-digest.ts';
