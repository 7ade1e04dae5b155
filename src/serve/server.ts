/** The lab's server: the page, the API over a store, events, and work started from the page. */
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { BackendName } from '../compute/index.ts';
import { InputError, WorkError } from '../errors.ts';
import { version } from '../version.ts';
import { errorAnswer, jsonBody, largestBody } from './answers.ts';
import { type EventHub, eventHub, type HubOptions } from './event-hub.ts';
import { type Guard, guard, isLoopback } from './guard.ts';
import { runJson } from './json.ts';
import { type PageFile, readPage } from './page-files.ts';
import { openRunner, type Runner } from './runner.ts';
import { runsApi, seriesApi } from './runs-api.ts';
import { type KeeperOptions, keepStore, type StoreKeeper } from './store-keeper.ts';
import { planApi, sweepsApi } from './sweeps-api.ts';
import { checkToken, newToken } from './token.ts';
import { watchStore } from './watch-store.ts';
import type { InfoJson } from './wire.ts';

export interface ServerOptions {
  readonly store: string;
  /** Folder of the built page. */
  readonly page: string;
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Demanded of everybody; made where it isn't given and others can reach the server. */
  readonly token?: string;
  /** What a reverse proxy shows to the outside; then a token is demanded as well. */
  readonly origin?: URL;
  readonly workers?: number;
  readonly backend?: BackendName;
  /** What the workers compute with, for the page to show. */
  readonly backendName?: string;
  readonly segmentSeconds?: number;
  readonly keeper?: KeeperOptions;
  readonly hub?: HubOptions;
  /** Milliseconds that a client may take for its headers (default 10 s) and its whole request (30 s). */
  readonly timeouts?: { readonly headers: number; readonly request: number };
  /** Told what goes wrong on this side. */
  readonly tell?: (text: string) => void;
}

export interface LabServer {
  /** Where it listens, with the token where one is demanded. */
  readonly url: string;
  readonly port: number;
  readonly token: string | null;
  /** Stops work at checkpoints, then everything. */
  close(): Promise<void>;
}

/** The policy of every answer: nothing from elsewhere, nothing inline, in no frame; isolated, so that the kernel has threads. */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

/** @throws InputError where store, page, host, port or token are wrong, WorkError where it can't listen. */
export async function startServer(options: ServerOptions): Promise<LabServer> {
  const { host = '127.0.0.1', port = 4173, origin = null, tell = () => {} } = options;
  const isOpen = !isLoopback(host) || origin !== null;
  const token =
    options.token === undefined ? (isOpen ? newToken() : null) : checkToken(options.token);
  const files = readPage(options.page);
  const keeper = await keepStore(options.store, options.keeper);
  const hub = eventHub(options.hub);
  let changed = () => {};
  const runner = openRunner(keeper, {
    workers: options.workers,
    backend: options.backend,
    segmentSeconds: options.segmentSeconds,
    retryMilliseconds: options.keeper?.every,
    onEvent: stepsTo(hub, () => changed()),
    onChange: () => changed(),
  });
  const watch = watchStore(keeper, hub, runner);
  changed = () => watch.hurry();
  keeper.onChange((away) => {
    hub.publish('store', { away });
    tell(away ?? `The store ${keeper.place} is back.`);
  });

  let listening = 0;
  const door = guard({ host, port: () => listening, token, origin });
  const app = appOf({
    files,
    keeper,
    hub,
    runner,
    door,
    tell,
    changed: () => changed(),
    backend: options.backendName ?? 'auto',
  });
  const { headers: headersTimeout = 10_000, request: requestTimeout = 30_000 } =
    options.timeouts ?? {};
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout,
      requestTimeout,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: Math.min(1000, headersTimeout),
    },
  }) as Server;
  // Who takes nothing from us for so long is gone; event streams have their heartbeats.
  server.timeout = 60_000;
  const close = async () => {
    await runner.close();
    await watch.close();
    hub.close();
    const ended = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await ended;
    await keeper.close();
  };
  try {
    listening = await listen(server, port, host);
  } catch (error) {
    await close();
    throw error;
  }
  const shown = host === '0.0.0.0' || host === '::' ? networkAddress() : host;
  const base =
    origin?.origin ?? `http://${shown.includes(':') ? `[${shown}]` : shown}:${listening}`;
  return {
    url: token === null ? `${base}/` : `${base}/?token=${token}`,
    port: listening,
    token,
    close,
  };
}

interface Parts {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly keeper: StoreKeeper;
  readonly hub: EventHub;
  readonly runner: Runner;
  readonly door: Guard;
  readonly backend: string;
  readonly changed: () => void;
  readonly tell: (text: string) => void;
}

function appOf({
  files,
  keeper,
  hub,
  runner,
  door,
  backend,
  changed,
  tell,
}: Parts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, context) => errorAnswer(error, context, keeper.place, tell));
  app.notFound((context) => context.json({ error: 'There is nothing at this address.' }, 404));
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    await next();
  });
  app.use(door.host);
  app.use('/api/*', door.api);
  app.use('/api/*', async (context, next) => {
    context.header('Cache-Control', 'no-store');
    await next();
  });
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: largestBody,
      onError: (context) => context.json({ error: `Expected at most ${largestBody} bytes.` }, 413),
    }),
  );

  app.get('/api/info', (context) =>
    context.json({
      version,
      store: { kind: keeper.kind, place: keeper.place, away: keeper.away() },
      backend,
      workers: runner.workers,
      work: runner.work(),
    } satisfies InfoJson),
  );
  app.post('/api/session', async (context) => {
    const { token } = await jsonBody(context);
    if (typeof token !== 'string' || !door.admit(context, token.trim())) {
      return context.json(
        {
          error: 'This is not the token; the server printed it when it started.',
          needsToken: true,
        },
        401,
      );
    }
    return context.json({ ok: true });
  });
  app.get('/api/events', (context) => {
    const begun = hub.add(context.env.outgoing as ServerResponse, headers);
    if (!begun) return context.json({ error: 'Too many pages listen already.' }, 503);
    return RESPONSE_ALREADY_SENT;
  });
  app.route('/api/runs', runsApi(keeper, runner, changed));
  app.route('/api/series', seriesApi(keeper));
  app.route('/api/sweeps', sweepsApi(keeper, runner, changed));
  app.route('/api/plan', planApi(keeper, runner));
  app.all('/api/*', (context) => context.json({ error: 'There is nothing at this address.' }, 404));

  app.get('*', (context) => {
    const given = context.req.query('token');
    if (given !== undefined && context.req.path === '/' && door.token !== null) {
      if (!door.admit(context, given)) return context.text('This is not the token.', 403);
      return context.redirect('/', 303);
    }
    const file = files.get(context.req.path);
    return file === undefined ? context.notFound() : fileAnswer(context, file);
  });
  return app;
}

function fileAnswer(context: Context, file: PageFile): Response {
  const packed = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '') ? file.gzip : null;
  context.header('ETag', file.etag);
  context.header('Vary', 'Accept-Encoding');
  context.header(
    'Cache-Control',
    file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  );
  if (context.req.header('if-none-match') === file.etag) return context.body(null, 304);
  if (packed !== null) context.header('Content-Encoding', 'gzip');
  context.header('Content-Type', file.type);
  return context.body(packed ?? file.bytes);
}

/** Steps of runs on this server go out at once, though no more than four a second and run. */
function stepsTo(hub: EventHub, changed: () => void): Parameters<typeof openRunner>[1]['onEvent'] {
  const told = new Map<number, number>();
  return (event) => {
    if (!('claim' in event)) return;
    const { run } = event.claim;
    const now = performance.now();
    if (event.kind === 'step') {
      if (now - (told.get(run.id) ?? 0) < 250) return;
      told.set(run.id, now);
      hub.publish('runs', [{ name: run.name, step: event.step }]);
      return;
    }
    if (event.kind === 'ended') told.delete(run.id);
    else hub.publish('runs', [runJson(run)]);
    changed();
  };
}

/** An address at which other machines find this one. */
function networkAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  return outer?.address ?? 'localhost';
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new InputError(`Port ${port} is in use; choose another one with --port, or 0 for any.`),
        );
      } else if (error.code === 'EACCES') {
        reject(
          new InputError(
            `Port ${port} needs rights that this program hasn't; choose one above 1023 with --port.`,
          ),
        );
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
        reject(
          new InputError(`${host} is no address of this machine; choose another one with --host.`),
        );
      } else reject(new WorkError(`The server can't listen on ${host}:${port}: ${error.message}.`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
