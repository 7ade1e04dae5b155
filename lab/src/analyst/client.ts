/** The page's end of the analyst: opened with the first question, told of a network when it is another. */
import { kernelFolder } from '../engine/client.ts';
import type { Snapshot } from '../engine/protocol.ts';
import type { AnalysisName, Question, Reply } from './analyses.ts';

export type AnalystOrder =
  | { readonly type: 'open'; readonly modules: string }
  | { readonly type: 'subject'; readonly snapshot: Snapshot }
  | {
      readonly type: 'ask';
      readonly request: number;
      readonly name: AnalysisName;
      readonly question: unknown;
    };

export interface AnalystReply {
  readonly request: number;
  readonly reply: unknown;
  readonly error: string | null;
}

export interface Analyst {
  /**
   * Asks something of the network that `key` names; `snapshot` fetches it where the analyst has another.
   * Null where there is none.
   */
  ask<Name extends AnalysisName>(
    key: string,
    snapshot: () => Promise<Snapshot | null>,
    name: Name,
    question: Question<Name>,
  ): Promise<Reply<Name> | null>;
}

export function openAnalyst(): Analyst {
  let worker: Worker | null = null;
  let known: string | null = null;
  let requests = 0;
  const waiting = new Map<number, (reply: AnalystReply) => void>();
  let turn: Promise<unknown> = Promise.resolve();

  const open = () => {
    const opened = new Worker(new URL('./analyst-worker.ts', import.meta.url), { type: 'module' });
    opened.onmessage = ({ data }: MessageEvent<AnalystReply>) => {
      waiting.get(data.request)?.(data);
      waiting.delete(data.request);
    };
    opened.postMessage({ type: 'open', modules: kernelFolder() } satisfies AnalystOrder);
    return opened;
  };

  return {
    ask<Name extends AnalysisName>(
      key: string,
      snapshot: () => Promise<Snapshot | null>,
      name: Name,
      question: Question<Name>,
    ) {
      // In turn, so that a question is never put to the network of another one.
      const asked = turn.then(async () => {
        worker ??= open();
        if (known !== key) {
          const taken = await snapshot();
          if (taken === null) return null;
          worker.postMessage({ type: 'subject', snapshot: taken } satisfies AnalystOrder);
          known = key;
        }
        const request = ++requests;
        const replied = new Promise<AnalystReply>((resolve) => waiting.set(request, resolve));
        worker.postMessage({ type: 'ask', request, name, question } satisfies AnalystOrder);
        const { reply, error } = await replied;
        if (error !== null) throw new Error(error);
        return reply as Reply<Name>;
      });
      turn = asked.catch(() => null);
      return asked;
    },
  };
}
