/** Server-sent events to everybody who listens; who doesn't keep up is dropped and comes again by himself. */
import type { ServerResponse } from 'node:http';
import type { LabEvents } from './wire.ts';

export interface EventHub {
  /** How many listen. */
  size(): number;
  /** Begins a stream on a response to which nothing was written; false where too many listen already. */
  add(response: ServerResponse, headers: Readonly<Record<string, string>>): boolean;
  publish<Name extends keyof LabEvents>(name: Name, data: LabEvents[Name]): void;
  close(): void;
}

export interface HubOptions {
  /** Default 5,000. */
  readonly most?: number;
  /** Bytes that may wait for a listener; default 1 MiB. */
  readonly longestQueue?: number;
  /** Comments that keep proxies from closing a quiet stream; default every 15 s. */
  readonly heartbeatMilliseconds?: number;
}

export function eventHub(options: HubOptions = {}): EventHub {
  const { most = 5000, longestQueue = 1 << 20, heartbeatMilliseconds = 15_000 } = options;
  const listeners = new Set<ServerResponse>();
  const send = (text: string) => {
    for (const response of listeners) {
      if (response.writableLength > longestQueue) {
        listeners.delete(response);
        response.destroy();
      } else response.write(text);
    }
  };
  const heartbeat = setInterval(() => send(': alive\n\n'), heartbeatMilliseconds);
  heartbeat.unref();
  return {
    size: () => listeners.size,
    add(response, headers) {
      if (listeners.size >= most) return false;
      response.writeHead(200, {
        ...headers,
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      response.write('retry: 2000\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      response.on('error', () => listeners.delete(response));
      return true;
    },
    publish: (name, data) => {
      if (listeners.size > 0) send(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close() {
      clearInterval(heartbeat);
      for (const response of listeners) response.end();
      listeners.clear();
    },
  };
}
