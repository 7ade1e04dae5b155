/**
 * Bad input through the real command line: one clear sentence, the right exit code, nothing half
 * written, nothing existing lost. Each case runs in a folder of its own, compared before and after.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  claimRunDirectory,
  readDataset,
  runFiles,
  writeModel,
  writeRun,
  writeSafetensors,
} from '../src/format/index.ts';
import { emptyNetwork } from '../src/model/index.ts';
import { generateDataset, parseOperation } from '../src/task/index.ts';
import { completeSettings } from '../src/train/index.ts';

const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));
const shipped = (name: string) => fileURLToPath(new URL(`checkpoints/${name}`, import.meta.url));
const checkpoint = shipped('pytorch-add-p59-noise80.safetensors');
/** A pickle that would run "touch marker". */
const command = Buffer.from('\x80\x02cos\nsystem\nX\x0c\0\0\0touch marker\x85R.', 'latin1');

interface Case {
  readonly name: string;
  /** The arguments; the folder of the case is the working directory. */
  readonly args: readonly string[];
  /** Files that the case finds, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly says: RegExp;
  /** 2 (input) unless the disk is at fault. */
  readonly exit?: 1 | 2;
}

/** A safetensors file with this header and that many bytes of data. */
function container(header: object, dataLength: number, announced?: number): Uint8Array {
  const text = JSON.stringify(header);
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setUint32(0, announced ?? text.length, true);
  bytes.set(new TextEncoder().encode(text), 8);
  return bytes;
}

const entry = (begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
});
const tensor = (shape: [number, number], value = 0) => ({
  shape,
  data: new Float32Array(shape[0] * shape[1]).fill(value),
});
const network = (P: number, M: number, value = 0) =>
  writeSafetensors(
    new Map(Object.entries({ U: tensor([M, P]), V: tensor([M, P]), W: tensor([P, M], value) })),
  );

const modelFiles: [name: string, content: Uint8Array, says: RegExp][] = [
  ['an empty safetensors file', new Uint8Array(0), /m\.st: .* it is empty/],
  ['a truncated safetensors file', network(5, 4).subarray(0, -4), /it may be truncated/],
  ['a header longer than the file', container({}, 0, 99), /header of 99 bytes and only 2 follow/],
  [
    'overlapping tensors',
    container({ U: entry(0, 8), V: entry(4, 12) }, 12),
    /"U" and "V" overlap/,
  ],
  [
    'an offset out of range',
    container({ U: entry(0, 64) }, 8),
    /offsets of tensor "U" are 0 to 64/,
  ],
  ['an unknown dtype', container({ U: entry(0, 8, 'F31') }, 8), /unknown dtype "F31"/],
  [
    'shapes that do not fit each other',
    writeSafetensors(
      new Map(Object.entries({ U: tensor([4, 5]), V: tensor([4, 6]), W: tensor([5, 4]) })),
    ),
    /expected V to be \[4, 5\] or \[5, 4\] as U is \[4, 5\], got \[4, 6\]/,
  ],
  ['a weight that is NaN', network(5, 4, Number.NaN), /W\[0, 0\] is NaN/],
  ['a weight that is infinite', network(5, 4, -Infinity), /W\[0, 0\] is -Infinity/],
  [
    'a pickle of a command, which it does not run',
    command,
    /asks for "os\.system"; nothing was exec/,
  ],
  [
    'a whole module',
    fs.readFileSync(shipped('module.pt')),
    /asks for "__main__\.Net"; nothing was exec/,
  ],
  ['a cut .pt', fs.readFileSync(shipped('zip.pt')).subarray(0, -9), /no directory at its end/],
  ['an array of objects', fs.readFileSync(shipped('object.npz')), /"U" has the dtype object/],
  ['a modulus below 3', network(2, 4), /modulus from 3 .* P = 2/],
  ['a width of 0', network(5, 0), /at least one neuron/],
];

const tables: [name: string, content: string, says: RegExp][] = [
  [
    'a label outside 0…P−1',
    'a,b,label\n0,1,59\n',
    /rows\.csv, line 2: expected label .* to 58, got "59"/,
  ],
  [
    'a duplicate pair',
    'a,b,label\n0,1,4\n0,1,5\n',
    /line 3: the pair \(0, 1\) is already in line 2/,
  ],
  ['a header missing', '0,1,4\n0,2,5\n', /line 1: expected a header/],
  [
    'true labels that contradict --task',
    'a,b,label,true_label\n0,1,4,2\n',
    /is 2 in the file and 1 by/,
  ],
];

const train = ['train', '--backend', 'reference', '--steps', '1'];
const small = [...train, '--modulus', '5', '--width', '4'];

const cases: Case[] = [
  ...modelFiles.map(
    ([name, content, says]): Case => ({
      name: `scan refuses ${name}`,
      args: ['scan', 'm.st'],
      files: { 'm.st': content },
      says,
    }),
  ),
  ...tables.map(
    ([name, content, says]): Case => ({
      name: `extract refuses ${name}`,
      args: ['extract', checkpoint, '--dataset', 'rows.csv', '--task', 'add', '--save', 'parts'],
      files: { 'rows.csv': content },
      says,
    }),
  ),
  {
    name: 'scan refuses a missing file',
    args: ['scan', 'no.st'],
    says: /There is no model no\.st/,
  },
  {
    name: 'extract refuses a missing data set',
    args: ['extract', checkpoint, '--dataset', 'no.csv'],
    says: /Could not read no\.csv: there is no such file/,
  },
  {
    name: 'extract demands the activation of a file that does not name it',
    args: ['extract', 'm.st'],
    files: { 'm.st': writeModel(emptyNetwork(5, 4)) },
    says: /give --activation/,
  },
  {
    name: 'report refuses a folder that is no run',
    args: ['report', '.'],
    files: { 'thesis.txt': 'years of work' },
    says: /expected a run directory .* config\.json is missing/,
  },
  { name: 'train refuses a modulus of 2', args: [...train, '--modulus', '2'], says: /modulus/ },
  {
    name: 'train refuses α = 1.5',
    args: [...train, '--noise-ratio', '1.5'],
    says: /noiseRatio|noise-ratio/,
  },
  {
    name: 'train refuses α = −0.1',
    args: [...train, '--noise-ratio', '-0.1'],
    says: /noiseRatio|noise-ratio/,
  },
  { name: 'train refuses a width of 0', args: [...train, '--width', '0'], says: /width/ },
  {
    name: 'train refuses a width that is no number',
    args: [...train, '--width', 'x'],
    says: /width/,
  },
  {
    name: 'train refuses initial weights that it does not know',
    args: [...small, '--init', 'gaussian:x'],
    says: /expected pytorch or gaussian:GAMMA .*gaussian:x/,
  },
  {
    name: 'train refuses a batch size of 0',
    args: [...small, '--batch-size', '0'],
    says: /batchSize.*came: 0/,
  },
  {
    name: 'train refuses a warm-up without its schedule',
    args: [...small, '--warmup-steps', '1'],
    says: /warmupSteps .*the schedule warmup-cosine/,
  },
  {
    name: 'train refuses a warm-up longer than the training',
    args: [...small, '--schedule', 'warmup-cosine', '--warmup-steps', '2'],
    says: /2 warmupSteps are more than the 1 steps/,
  },
  {
    name: 'train refuses a checkpoint every 0 steps',
    args: [...small, '--checkpoint-every', '0'],
    says: /--checkpoint-every must be at least 1, not 0/,
  },
  { name: 'train refuses an unknown task', args: [...small, '--task', 'xyz'], says: /"xyz"/ },
  {
    name: 'train refuses a bad row in --dataset',
    args: [...small, '--dataset', 'rows.csv'],
    files: { 'rows.csv': 'a,b,label\n0,1,5\n' },
    says: /rows\.csv, line 2: expected label/,
  },
  { name: 'an unknown flag is refused', args: [...small, '--frobnicate'], says: /--frobnicate/ },
  {
    name: 'a mistyped flag is refused',
    args: [...small, '--nose-ratio', '0'],
    says: /--noise-ratio/,
  },
  { name: 'an unknown command is refused', args: ['frobnicate'], says: /frobnicate/ },
  { name: 'a missing argument is refused', args: ['scan'], says: /missing .*argument/ },
  {
    name: 'train refuses a folder with other files in it',
    args: [...small, '--out', 'mine'],
    files: { 'mine/thesis.txt': 'years of work' },
    says: /mine is not empty \(thesis\.txt, …\); choose another or remove it/,
  },
  {
    name: 'train refuses a folder with another run in it',
    args: [...small, '--out', 'run'],
    files: anotherRun(),
    says: /run already has a run in it; choose another or remove it/,
  },
  {
    name: 'extract refuses to save into a folder with files in it',
    args: ['extract', checkpoint, '--save', 'mine'],
    files: { 'mine/G.safetensors': writeModel(emptyNetwork(5, 4)) },
    says: /mine is not empty/,
  },
  {
    name: 'train refuses a folder below a file',
    args: [...small, '--out', 'notes/run'],
    files: { notes: 'years of work' },
    says: /a part of its path is a file/,
    exit: 1,
  },
];

const root = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
after(() => fs.rmSync(root, { recursive: true }));

describe('bad input', { concurrency: availableParallelism() }, () => {
  cases.forEach(({ name, args, files = {}, says, exit = 2 }, index) => {
    test(name, async () => {
      const folder = join(root, String(index));
      fs.mkdirSync(folder);
      for (const [path, content] of Object.entries(files)) {
        fs.mkdirSync(dirname(join(folder, path)), { recursive: true });
        fs.writeFileSync(join(folder, path), content);
      }
      const before = snapshot(folder);
      refused(await undertone(folder, args), exit, says);
      assert.deepEqual(snapshot(folder), before);
    });
  });

  test('train in a folder without write permission fails and leaves nothing', async (t) => {
    if (process.platform === 'win32') return t.skip('Windows has no folder mode to take away');
    const folder = join(root, 'locked');
    fs.mkdirSync(folder, { mode: 0o500 });
    // Permissions don't bind root unless it gives up that right.
    const drop = process.geteuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override'] : [];
    refused(await undertone(folder, [...small, '--out', 'run'], drop), 1, /there is no permission/);
    assert.deepEqual(snapshot(folder), {});
  });

  test('train where not a byte can be written fails and leaves nothing', async (t) => {
    if (process.platform === 'win32') return t.skip('Windows has no limit on the size of files');
    const folder = join(root, 'no-room');
    fs.mkdirSync(folder);
    const limit = ['sh', '-c', 'ulimit -f 0 && exec "$0" "$@"'];
    const outcome = await undertone(folder, [...small, '--out', 'new/run'], limit);
    refused(outcome, 1, /Could not write new\/run\/config\.json/);
    assert.deepEqual(snapshot(folder), {});
  });

  test('train on a full disk fails and leaves only whole files', async (t) => {
    if (process.platform === 'win32') return t.skip('Windows can make no small disk for a test');
    const folder = join(root, 'full');
    fs.mkdirSync(folder);
    // 4 KiB for a file or 64 KiB for the disk: room for config.json, not for a model of 100 KiB.
    const isSmallDisk = mountSmallDisk(folder);
    const limit = isSmallDisk ? [] : ['sh', '-c', 'ulimit -f 8 && exec "$0" "$@"'];
    try {
      const args = [...train, '--modulus', '7', '--width', '1200', '--out', 'run'];
      const { code, stdout, stderr } = await undertone(folder, args, limit);
      // The training itself went well, so its progress stands above the sentence.
      const sentence = stderr.slice(stderr.lastIndexOf('\n', stderr.length - 2) + 1);
      const says = /Could not write .*: (the disk is full|it would be larger)/;
      refused({ code, stdout, stderr: sentence }, 1, says);
      const left = fs.readdirSync(join(folder, 'run')).sort();
      assert.deepEqual(left, [runFiles.config, runFiles.dataset, runFiles.metrics]);
      const rows = fs.readFileSync(join(folder, 'run', runFiles.dataset), 'utf8');
      assert.equal(readDataset(rows, 7, 'dataset.csv').a.length, 49);
    } finally {
      if (isSmallDisk) execFileSync('umount', [folder]);
    }
  });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder, behind an optional wrapper command. */
function undertone(cwd: string, args: readonly string[], wrapper: readonly string[] = []) {
  const [command, ...rest] = [...wrapper, process.execPath, program, ...args];
  return new Promise<Outcome>((resolve, reject) => {
    execFile(command, rest, { cwd, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

/** One sentence on standard error, without a stack trace, and nothing on standard output. */
function refused({ code, stdout, stderr }: Outcome, exit: number, says: RegExp): void {
  assert.match(stderr, says);
  assert.match(stderr, /^undertone: [^\n]+\n$/);
  assert.doesNotMatch(stderr, /unexpected error|node:|\bat .*:\d+:\d+/);
  assert.equal(stdout, '');
  assert.equal(code, exit);
}

/** Every file below a folder with its content; folders end in a slash. */
function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(
    fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const path = join(folder, name);
      const isFolder = fs.statSync(path).isDirectory();
      return isFolder ? [`${name}/`, ''] : [name, fs.readFileSync(path, 'base64')];
    }),
  );
}

function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The files of a complete run in a folder `run`. */
function anotherRun(): Record<string, Uint8Array> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  const settings = completeSettings({ modulus: 5, width: 4 });
  const backend = { name: 'reference', instructionSet: 'JavaScript', threads: 1 };
  const config = { settings, versions: {}, backend };
  claimRunDirectory(folder, config);
  writeRun(folder, config, {
    network: emptyNetwork(5, 4),
    metrics: [],
    dataset: generateDataset(parseOperation('add', 5), settings),
    randomFeatures: null,
  });
  const files = fs
    .readdirSync(folder)
    .map((name) => [`run/${name}`, fs.readFileSync(join(folder, name))] as const);
  fs.rmSync(folder, { recursive: true });
  return Object.fromEntries(files);
}
