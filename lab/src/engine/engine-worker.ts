/** The engine: trains in steps of a frame's length, and in between does what it is told. */

import type { Filtration } from 'undertone/analysis';
import { type Backend, loadWasmBackend, weightsDigest } from 'undertone/browser';
import type { Activation, Network } from 'undertone/model';
import { accuracies, type Dataset, type Roles } from 'undertone/task';
import { completeSettings, operationOf, trainCommandLine } from 'undertone/train';
import { config } from 'zod';
import { filtrationFor, joinedOf, through } from './lens.ts';
import { nextTurn } from './next-turn.ts';
import { openFiles } from './open-files.ts';
import type { Frame, Joined, Lens, Message, Order, Snapshot, Status, View } from './protocol.ts';
import { wholeNetwork } from './protocol.ts';
import { openRun, type Run } from './run.ts';

// Its compiled parsers would need a page that allows eval.
config({ jitless: true });

/** A frame at 60 a second has 16.7 ms; evaluation and messages need their part. */
const trainingMilliseconds = 11;
/** Random features learn more slowly; at three times the rate they memorise as much in as many steps. */
const controlRateFactor = 3;

/** The network that is there: one in training, or a file's. */
interface Subject {
  readonly run: Run | null;
  readonly fixed: Network | null;
  readonly activation: Activation;
  readonly dataset: Dataset | null;
  readonly roles: Roles | null;
  readonly joined: Joined;
}

const post = (message: Message) => globalThis.postMessage(message);

async function serve({ modules, threads }: { modules: string; threads: number }): Promise<void> {
  const backend = await load(modules, threads);
  const orders: Order[] = [];
  let wake = () => {};
  globalThis.onmessage = ({ data }: MessageEvent<Order>) => {
    orders.push(data);
    wake();
  };
  let subject: Subject | null = null;
  let status = 'paused' as Status;
  let lens: Lens = wholeNetwork;
  let isStale = false;
  let stepsToTake = 0;
  let hash: string | null = null;
  let speed: number | null = null;
  let filtered: { readonly key: string; readonly filtration: Filtration } | null = null;

  const networkOf = ({ run, fixed }: Subject): Network =>
    run?.networkAt(lens.step) ?? (fixed as Network);

  const view = (shown: Subject): View => {
    const { run, activation, roles, joined } = shown;
    const newest = run?.step ?? 0;
    const step = lens.step !== null && run?.keyframes.includes(lens.step) ? lens.step : newest;
    const isWhole = lens.lambda === 1 && lens.ablated.length === 0;
    let answers: Uint16Array;
    if (isWhole && run !== null && step === newest) answers = run.answers();
    else {
      const network = networkOf(shown);
      const key = `${step} ${lens.select}`;
      const filter = () => {
        if (filtered?.key !== key) {
          filtered = { key, filtration: filtrationFor(network, joined, lens.select) };
        }
        return filtered.filtration;
      };
      answers = backend.answers(through(network, lens, filter), activation);
    }
    return { lens, step, answers, accuracies: roles === null ? null : accuracies(answers, roles) };
  };

  const postFrame = (shown: Subject) => {
    const { run } = shown;
    const frame: Frame = {
      type: 'frame',
      status,
      step: run?.step ?? 0,
      stepsPerSecond: speed,
      rows: run?.takeRows() ?? [],
      view: view(shown),
      keyframes: run?.keyframes ?? [],
      hash,
      stopped: run?.stopped ?? null,
      altered: run?.altered ?? false,
    };
    post(frame);
    isStale = false;
  };

  const replace = (next: Subject) => {
    subject?.run?.dispose();
    subject = next;
    filtered = null;
    hash = null;
    speed = null;
    stepsToTake = 0;
    isStale = true;
  };

  const obey = (order: Order) => {
    switch (order.type) {
      case 'train': {
        const given = completeSettings(order.settings);
        const settings = order.control
          ? { ...given, learningRate: controlRateFactor * given.learningRate }
          : given;
        const operation = operationOf(settings);
        const run = openRun(backend, settings, order.control, order.stopAt);
        const joined = joinedOf(operation);
        const { dataset, roles } = run;
        const { modulus, width, activation } = settings;
        replace({ run, fixed: null, activation, dataset, roles, joined });
        post({
          type: 'started',
          settings,
          name: null,
          modulus,
          width,
          activation,
          dataset,
          joined,
          command: order.control ? null : trainCommandLine(settings),
          notices: [],
        });
        lens = { ...lens, step: null, ablated: [] };
        status = order.play && !run.isFinished ? 'playing' : 'paused';
        break;
      }
      case 'open': {
        const opened = openFiles(order);
        replace({ run: null, fixed: opened.network, ...opened });
        const { modulus, width } = opened.network;
        const { activation, dataset, joined, notices } = opened;
        post({
          type: 'started',
          settings: null,
          name: order.model.name,
          ...{ modulus, width, activation, dataset, joined, notices },
          command: null,
        });
        lens = { ...lens, step: null, ablated: [] };
        status = 'finished';
        break;
      }
      case 'play':
        if (subject?.run?.isFinished === false) status = 'playing';
        isStale = true;
        break;
      case 'pause':
        if (status === 'playing') status = 'paused';
        isStale = true;
        break;
      case 'step':
        if (subject?.run?.isFinished === false) {
          status = 'paused';
          stepsToTake += order.count;
        }
        break;
      case 'rates':
        subject?.run?.setRates(order.learningRate, order.weightDecay);
        isStale = true;
        break;
      case 'lens':
        lens = order.lens;
        isStale = true;
        break;
      case 'snapshot': {
        const snapshot: Snapshot | null =
          subject === null
            ? null
            : {
                step: lens.step ?? subject.run?.step ?? 0,
                network: networkOf(subject),
                initial: subject.run?.networkAt(0) ?? null,
                activation: subject.activation,
                dataset: subject.dataset,
                joined: subject.joined,
              };
        post({ type: 'snapshot', request: order.request, snapshot });
      }
    }
  };

  const advance = async (shown: Subject, run: Run) => {
    const before = run.step;
    const start = performance.now();
    if (stepsToTake > 0) run.advance(trainingMilliseconds, stepsToTake);
    else run.advance(trainingMilliseconds, Number.POSITIVE_INFINITY);
    const taken = run.step - before;
    stepsToTake = Math.max(0, stepsToTake - taken);
    const now = taken / ((performance.now() - start) / 1000);
    speed = speed === null ? now : 0.9 * speed + 0.1 * now;
    hash = null;
    if (run.isFinished) status = 'finished';
    if (status === 'finished' || (status === 'paused' && stepsToTake === 0)) {
      hash = await weightsDigest(run.networkAt(null));
    }
    postFrame(shown);
  };

  for (;;) {
    try {
      for (let order = orders.shift(); order !== undefined; order = orders.shift()) obey(order);
      const shown = subject as Subject | null;
      const run = shown?.run ?? null;
      if (shown !== null && run !== null && (status === 'playing' || stepsToTake > 0)) {
        await advance(shown, run);
        await nextTurn();
      } else {
        if (shown !== null && isStale) {
          if (hash === null && status !== 'playing') {
            hash = await weightsDigest(run?.networkAt(null) ?? (shown.fixed as Network));
          }
          postFrame(shown);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (orders.length > 0) resolve();
        });
      }
    } catch (error) {
      status = 'paused';
      stepsToTake = 0;
      post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** The backend with as many of the wanted threads as there can be. */
async function load(modules: string, wanted: number): Promise<Backend> {
  const one = () => loadWasmBackend({ modules, threads: 1 });
  const loaded =
    wanted > 1 && globalThis.crossOriginIsolated
      ? await loadWasmBackend({ modules, threads: wanted }).catch(one)
      : await one();
  const { backend, isFused } = loaded;
  const { instructionSet, threads } = backend;
  post({ type: 'ready', instructionSet, threads, isFused });
  return backend;
}

globalThis.onmessage = ({ data }: MessageEvent<{ modules: string; threads: number }>) => {
  serve(data).catch((error: Error) => post({ type: 'failed', message: error.message }));
};
