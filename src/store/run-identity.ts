/** By what a run is found again: a hash of all that decides its weights, and a short name made of it. */
import { createHash } from 'node:crypto';
import type { Settings } from '../train/settings.ts';
import type { WantedRun } from './port.ts';

/** Changes when the same settings would end at other weights. */
const identityVersion = 1;

/** Hash of a data set's rows, as `writeDataset` writes them. */
export function datasetHash(csv: string): string {
  return createHash('sha256').update(csv).digest('hex');
}

/**
 * SHA-256, in hex, of all that decides a run's weights: the settings, and the rows where a file holds them.
 * Where that file lies decides nothing, and neither does how often was measured.
 *
 * A setting that is added one day must not change the key of runs from before: it counts only where it has another
 * value than the one that was meant all along (`neutral`). A test holds the keys of two settings.
 */
export function runKey(run: Pick<WantedRun, 'settings' | 'dataset'>): string {
  return runIdentities()(run).key;
}

/** Settings that came after version 1 of the identity, with the value that runs before them had. */
const neutral: Partial<Settings> = {};

/** Keys of many runs; rows that several of them share are hashed once. */
export function runIdentities(): (run: Pick<WantedRun, 'settings' | 'dataset'>) => {
  readonly key: string;
  readonly datasetHash: string | null;
} {
  const hashes = new Map<string, string>();
  const hashOf = (csv: string) => {
    const hash = hashes.get(csv) ?? datasetHash(csv);
    hashes.set(csv, hash);
    return hash;
  };
  return ({ settings, dataset }) => {
    const hash = dataset === null ? null : hashOf(dataset);
    const deciding = Object.entries({ ...settings, dataset: hash } satisfies Settings)
      .filter(([name, value]) => neutral[name as keyof Settings] !== value)
      .sort(([x], [y]) => (x < y ? -1 : 1));
    const key = createHash('sha256')
      .update(JSON.stringify([identityVersion, deciding]))
      .digest('hex');
    return { key, datasetHash: hash };
  };
}

const qualities =
  'amber azure brave brisk calm candid clear crisp dapper deft eager early fair fleet fond frank gentle glad golden grand hale happy honest humble jolly keen kind light lively lucid lunar mellow merry mild modest neat nimble noble novel plain polite proud quick quiet rapid ready rosy rustic sage serene sharp silent silver simple sleek smooth solar steady still swift tidy vivid warm wise'.split(
    ' ',
  );
const animals =
  'badger bear beaver bison bobcat camel civet condor cormorant coyote crane curlew deer dolphin dove eagle egret elk falcon ferret finch fox gannet gecko gibbon goose hare hawk heron ibex ibis jackal jay kestrel kite lark lemur lynx magpie marten mole moose newt ocelot oriole osprey otter owl panda petrel plover puffin quail raven robin seal shrew sparrow stoat stork swan swift tapir wren'.split(
    ' ',
  );

/** `calm-otter-417`: what a run with this key is called; `attempt` counts names that were taken. */
export function runName(key: string, attempt = 0): string {
  const at = (8 * attempt) % (key.length - 8);
  const bits = Number.parseInt(key.slice(at, at + 8), 16);
  const quality = qualities[bits % qualities.length];
  const animal = animals[Math.floor(bits / qualities.length) % animals.length];
  const number = Math.floor(bits / (qualities.length * animals.length)) % 1000;
  // Past the hash's own digits the number of the attempt makes a new name.
  return `${quality}-${animal}-${number}${attempt < 7 ? '' : `-${attempt}`}`;
}
