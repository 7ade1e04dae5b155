/**
 * Who may ask: the right Host (against DNS rebinding), no other site's page (Origin, Sec-Fetch-Site), and the token
 * where one is demanded.
 */
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { InputError } from '../errors.ts';
import { isSameToken } from './token.ts';
import type { ErrorJson } from './wire.ts';

export interface Guard {
  readonly token: string | null;
  /** Refuses a Host header that isn't ours, before anything is served. */
  readonly host: MiddlewareHandler;
  /** Refuses other sites' pages, and everybody without the token. */
  readonly api: MiddlewareHandler;
  /** Whether this is the token; then the browser keeps it. */
  admit(context: Context, given: string): boolean;
}

export interface GuardOptions {
  readonly host: string;
  readonly port: () => number;
  readonly token: string | null;
  /** What a reverse proxy shows to the outside, such as https://lab.example.org. */
  readonly origin: URL | null;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** @throws InputError for anything but a scheme and a host. */
export function parseOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, '')) {
    throw new InputError(`Expected an origin such as https://lab.example.org, not ${text}.`);
  }
  return url;
}

export function guard(options: GuardOptions): Guard {
  const { token, origin } = options;
  const cookie = () => `undertone-${options.port()}`;
  let known: ReadonlySet<string> | null = null;
  const hosts = () => {
    known ??= hostsOf(options);
    return known;
  };
  const isOurs = (address: string) => {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null) return false;
    return (url.protocol === 'http:' && hosts().has(url.host)) || url.origin === origin?.origin;
  };
  const refuse = (context: Context, status: 401 | 403, error: string, more: object = {}) =>
    context.json({ error, ...more } satisfies ErrorJson, status);

  return {
    token,
    async host(context, next) {
      const given = (context.req.header('host') ?? '').toLowerCase();
      if (!hosts().has(given)) {
        return refuse(
          context,
          403,
          'This name is not the server’s; open it at the address that it printed, or tell it its name with --origin.',
        );
      }
      await next();
    },
    async api(context, next) {
      const { method } = context.req;
      const changes = method !== 'GET' && method !== 'HEAD';
      const site = context.req.header('sec-fetch-site');
      // A page on another port of this machine is the same site, and no less foreign.
      if (site !== undefined && site !== 'same-origin' && (changes || site !== 'none')) {
        return refuse(context, 403, 'Pages of other sites may not use this server.');
      }
      const from = context.req.header('origin');
      if (from !== undefined && !isOurs(from)) {
        return refuse(context, 403, 'Pages of other sites may not use this server.');
      }
      if (token !== null && context.req.path !== '/api/session') {
        const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(
          context.req.header('authorization') ?? '',
        );
        const given = bearer?.[1] ?? getCookie(context, cookie()) ?? '';
        if (!isSameToken(given, token)) {
          return refuse(context, 401, 'This server wants its token first.', { needsToken: true });
        }
      }
      await next();
    },
    admit(context, given) {
      if (token === null || !isSameToken(given, token)) return false;
      setCookie(context, cookie(), token, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        secure: origin?.protocol === 'https:',
        maxAge: 30 * 24 * 3600,
      });
      return true;
    },
  };
}

/** Every Host header under which this server may be asked. A name that resolves here by somebody's DNS is none. */
function hostsOf({ host, port, origin }: GuardOptions): Set<string> {
  const names = new Set(['localhost', '127.0.0.1', '::1', host.toLowerCase()]);
  if (!isLoopback(host)) {
    names.add(hostname().toLowerCase());
    for (const addresses of Object.values(networkInterfaces())) {
      for (const { address } of addresses ?? []) names.add(address.split('%')[0]);
    }
  }
  const hosts = [...names].flatMap((name) => {
    const written = isIP(name) === 6 ? `[${name}]` : name;
    return port() === 80 ? [written, `${written}:80`] : [`${written}:${port()}`];
  });
  return new Set(origin === null ? hosts : [...hosts, origin.host]);
}
