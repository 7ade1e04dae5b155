/** Works out what the instruments ask, beside the training, on a thread of its own. */
import { loadWasmBackend } from 'undertone/browser';
import { analyses } from './analyses.ts';
import type { AnalystOrder, AnalystReply } from './client.ts';
import { Subject } from './subject.ts';

const post = (reply: AnalystReply) => globalThis.postMessage(reply);
let subject: Subject | null = null;
let backend: ReturnType<typeof loadWasmBackend> | null = null;

async function obey(order: AnalystOrder): Promise<void> {
  if (order.type === 'open') {
    backend = loadWasmBackend({ modules: order.modules, threads: 1 });
    return;
  }
  if (backend === null) throw new Error('the analyst isn’t open');
  const loaded = await backend;
  if (order.type === 'subject') {
    subject = new Subject(order.snapshot, loaded.backend);
    return;
  }
  if (subject === null) throw new Error('no network to look at');
  const analysis = analyses[order.name] as (subject: Subject, question: unknown) => unknown;
  post({ request: order.request, reply: analysis(subject, order.question), error: null });
}

/** One after the other, as they came. */
let queue = Promise.resolve();
globalThis.onmessage = ({ data }: MessageEvent<AnalystOrder>) => {
  queue = queue
    .then(() => obey(data))
    .catch((error: Error) => {
      if (data.type === 'ask') post({ request: data.request, reply: null, error: error.message });
    });
};
