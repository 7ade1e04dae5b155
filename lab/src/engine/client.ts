/** The page's end of an engine in a worker. */
import type { Message, Order, Snapshot } from './protocol.ts';

export interface Engine {
  send(order: Order): void;
  /** The network as it is at the lens's step. */
  snapshot(): Promise<Snapshot | null>;
}

/** Threads that a page may use: all but one for its picture, where memory can be shared. */
export function threadsToUse(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(8, navigator.hardwareConcurrency - 1));
}

export const kernelFolder = () => new URL('kernel/', document.baseURI).href;

export function openEngine(threads: number, onMessage: (message: Message) => void): Engine {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (snapshot: Snapshot | null) => void>();
  let requests = 0;
  let isReady = false;
  const early: Order[] = [];
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'ready') {
      isReady = true;
      for (const order of early.splice(0)) worker.postMessage(order);
    }
    if (data.type === 'snapshot') {
      waiting.get(data.request)?.(data.snapshot);
      waiting.delete(data.request);
    } else onMessage(data);
  };
  worker.onerror = ({ message }) =>
    onMessage({ type: 'failed', message: message || 'The worker that trains could not start.' });
  worker.postMessage({ modules: kernelFolder(), threads });
  const send = (order: Order) => {
    // Until the kernel is there, the worker's first message is what starts it.
    if (isReady) worker.postMessage(order);
    else early.push(order);
  };
  return {
    send,
    snapshot: () =>
      new Promise((resolve) => {
        const request = ++requests;
        waiting.set(request, resolve);
        send({ type: 'snapshot', request });
      }),
  };
}
