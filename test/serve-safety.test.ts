/** What the lab's server refuses, and what it survives: real HTTP, real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import type { LabServer } from '../src/serve/index.ts';
import { parseOrigin } from '../src/serve/index.ts';
import {
  ask,
  json,
  listenTo,
  post,
  startTestServer,
  type TestFolder,
  testFolder,
  yaml,
} from './serve-lab.ts';

const limit = { timeout: 60_000 };
const token = 'a-token-for-tests-0123456789';

/** Writes raw bytes, and reads until the other side closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let came = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    came += part;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return came;
}

suite('the lab is safe by default', limit, () => {
  let folder: TestFolder;
  let lab: LabServer;
  before(async () => {
    folder = testFolder();
    lab = await startTestServer(folder);
  });
  after(async () => {
    await lab.close();
    folder.remove();
  });
  const answers = async () => (await ask(lab.port, '/api/info')).status === 200;

  test('every answer carries the policy; the page is isolated, marked and kept by its name', async () => {
    for (const path of [
      '/',
      '/assets/index-AbCd1234.js',
      '/api/info',
      '/nowhere',
      '/api/runs/none',
    ]) {
      const { headers } = await ask(lab.port, path);
      assert.match(
        String(headers['content-security-policy']),
        /default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';.*frame-ancestors 'none'/,
      );
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    const page = await ask(lab.port, '/');
    assert.match(page.text, /<meta name="undertone-lab" content="api" \/>/);
    const again = await ask(lab.port, '/', {
      headers: { 'if-none-match': page.headers.etag ?? '' },
    });
    assert.equal(again.status, 304);
    const script = await ask(lab.port, '/assets/index-AbCd1234.js', {
      headers: { 'accept-encoding': 'gzip' },
    });
    assert.deepEqual(
      [script.headers['content-encoding'], script.headers['content-type']],
      ['gzip', 'text/javascript; charset=utf-8'],
    );
    assert.match(script.headers['cache-control'] ?? '', /immutable/);
  });

  test('no path leaves the list of the page’s files', async () => {
    for (const path of [
      '/../outside.html',
      '/%2e%2e/outside.html',
      '/assets/../../outside.html',
      '/assets/..%2f..%2foutside.html',
      '/assets/%2e%2e%5c%2e%2e%5coutside.html',
      '//etc/passwd',
      '/assets/secret.key',
      '/assets',
      '/assets/',
      '/index.html%00.js',
      '/lab.db',
      '/api/../lab.db',
      '/__proto__',
    ]) {
      const { status, text } = await ask(lab.port, path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(text, /outside|root:|not for the page/, path);
    }
  });

  test('answers to its own names alone (DNS rebinding)', async () => {
    const { port } = lab;
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      `LOCALHOST:${port}`,
    ]) {
      assert.equal((await ask(port, '/api/info', { headers: { host } })).status, 200, host);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `localhost:${port + 1}`,
      'localhost',
      '127.0.0.1',
    ]) {
      for (const path of ['/', '/api/info', '/api/events']) {
        const { status } = await ask(port, path, { headers: { host } });
        assert.equal(status, 403, `${host} ${path}`);
      }
    }
    const none = await raw(port, 'GET / HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n');
    assert.match(none, /^HTTP\/1\.1 40[03]/);
  });

  test('other sites’ pages can neither change anything, nor read, nor listen', async () => {
    const plan = yaml('base: {modulus: 5, width: 4, steps: 1}\n');
    const from = (headers: Record<string, string>) => ({
      ...plan,
      headers: { ...plan.headers, ...headers },
    });
    const own = `http://127.0.0.1:${lab.port}`;
    assert.equal(
      (await ask(lab.port, '/api/plan', from({ origin: own, 'sec-fetch-site': 'same-origin' })))
        .status,
      200,
    );
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${lab.port + 1}` },
      { origin: `https://127.0.0.1:${lab.port}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ] as Record<string, string>[]) {
      for (const path of ['/api/plan', '/api/sweeps', '/api/runs', '/api/sweeps/x/cancel']) {
        assert.equal(
          (await ask(lab.port, path, from(headers))).status,
          403,
          `${path} ${JSON.stringify(headers)}`,
        );
      }
      if (headers['sec-fetch-site'] === 'none') continue;
      for (const path of ['/api/events', '/api/runs', '/api/info']) {
        assert.equal(
          (await ask(lab.port, path, { headers })).status,
          403,
          `${path} ${JSON.stringify(headers)}`,
        );
      }
    }
    // What a form or a plain fetch could send without asking first.
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      '',
    ]) {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      assert.equal((await ask(lab.port, '/api/sweeps', { ...plan, headers })).status, 415, type);
      assert.equal(
        (await ask(lab.port, '/api/runs', { method: 'POST', headers, body: '{}' })).status,
        415,
        type,
      );
    }
    const preflight = await ask(lab.port, '/api/sweeps', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.status, 403);
    assert.deepEqual((await ask(lab.port, '/api/sweeps')).json, []);
  });

  test('bodies are bounded, and nonsense is answered with a sentence', async () => {
    const large = 'x'.repeat((1 << 20) + 1);
    assert.equal((await ask(lab.port, '/api/plan', yaml(large))).status, 413);
    assert.equal((await ask(lab.port, '/api/runs', json(large))).status, 413);
    const chunked = await ask(lab.port, '/api/plan', {
      ...yaml(large),
      headers: { 'content-type': 'application/yaml', 'transfer-encoding': 'chunked' },
    });
    assert.equal(chunked.status, 413);
    for (const body of [
      '{',
      '[]',
      'null',
      '"a"',
      '{"__proto__": {"width": 3}}',
      '{"nonsense": 1}',
      '\ud800',
    ]) {
      const { status, json: said } = await ask(lab.port, '/api/runs', { ...json({}), body });
      assert.equal(status, 400, body);
      assert.equal(typeof said.error, 'string');
    }
    for (const text of [
      '',
      '- 1',
      'a: &a [*a]',
      '!!js/function "x"',
      '\0',
      `${'['.repeat(50_000)}`,
      'base: {steps: 1e99}',
      `x: &a [${'1,'.repeat(999)}]\ny: [${'*a,'.repeat(999)}]`,
    ]) {
      const { status, json: said } = await ask(lab.port, '/api/plan', yaml(text));
      assert.equal(status, 400, text.slice(0, 40));
      assert.equal(typeof said.error, 'string');
    }
    assert.equal((await ask(lab.port, `/api/runs?filter=${'a'.repeat(5000)}`)).status, 400);
    assert.equal((await ask(lab.port, '/api/runs/%E0%A4%A')).status, 404);
    assert.equal((await ask(lab.port, '/api/nothing', post)).status, 404);
    assert.equal((await ask(lab.port, '/api/runs', { method: 'DELETE' })).status, 404);
    assert.ok(await answers());
  });

  test('requests that are none, and slow ones, are cut off', async () => {
    assert.match(await raw(lab.port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400/);
    assert.match(
      await raw(lab.port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431/,
    );
    // Two lengths, as for smuggling a second request through a proxy.
    assert.match(
      await raw(
        lab.port,
        'POST /api/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
      /^HTTP\/1\.1 400/,
    );
    const hasty = await startTestServer(folder, { timeouts: { headers: 400, request: 800 } });
    assert.match(await raw(hasty.port, 'GET / HTTP/1.1\r\nHost: loc'), /^HTTP\/1\.1 408/);
    const host = `Host: localhost:${hasty.port}`;
    const slow = await raw(
      hasty.port,
      `POST /api/plan HTTP/1.1\r\n${host}\r\nContent-Type: application/yaml\r\nContent-Length: 1000\r\n\r\nbase:`,
    );
    assert.match(slow, /408|^$/);
    assert.equal((await ask(hasty.port, '/api/info')).status, 200);
    await hasty.close();
    assert.ok(await answers());
  });

  test('a thousand listen, and it still answers', async () => {
    const sockets: Socket[] = [];
    const head = `GET /api/events HTTP/1.1\r\nHost: localhost:${lab.port}\r\n\r\n`;
    for (let begun = 0; begun < 1000; begun += 100) {
      const some = Array.from({ length: 100 }, () => connect(lab.port, '127.0.0.1'));
      await Promise.all(
        some.map(async (socket) => {
          socket.on('error', () => {});
          socket.write(head);
          const [first] = await once(socket, 'data');
          assert.match(String(first), /^HTTP\/1\.1 200/);
        }),
      );
      sockets.push(...some);
    }
    const listener = await listenTo(lab.port);
    assert.ok(await answers());
    assert.equal(
      (
        await ask(
          lab.port,
          '/api/sweeps',
          yaml('name: heard\nbase: {modulus: 5, width: 4, steps: 2}\n'),
        )
      ).status,
      201,
    );
    await listener.wait((name) => name === 'sweeps');
    listener.close();
    for (const socket of sockets) socket.destroy();
    assert.ok(await answers());
  });
});

suite('the lab’s token', limit, () => {
  let folder: TestFolder;
  before(() => {
    folder = testFolder();
  });
  after(() => folder.remove());

  test('without it nothing of the API is had; with it all, by header or by cookie', async () => {
    const lab = await startTestServer(folder, { token });
    try {
      assert.equal(lab.url, `http://127.0.0.1:${lab.port}/?token=${token}`);
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { authorization: `Basic ${token}` },
        { authorization: `Bearer ${token}x` },
        { cookie: `undertone-${lab.port}=wrong` },
      ] as Record<string, string>[]) {
        for (const path of ['/api/info', '/api/runs', '/api/events', '/api/nothing']) {
          const { status, json: said } = await ask(lab.port, path, { headers });
          assert.deepEqual(
            [status, said.needsToken],
            [401, true],
            `${path} ${JSON.stringify(headers)}`,
          );
        }
        const plan = yaml('base: {width: 4}');
        assert.equal(
          (
            await ask(lab.port, '/api/sweeps', {
              ...plan,
              headers: { ...plan.headers, ...headers },
            })
          ).status,
          401,
        );
      }
      const bearer = { headers: { authorization: `Bearer ${token}` } };
      assert.equal((await ask(lab.port, '/api/info', bearer)).status, 200);
      // The address sets the cookie once and leaves the token out of the address bar.
      const opened = await ask(lab.port, `/?token=${token}`);
      assert.deepEqual([opened.status, opened.headers.location], [303, '/']);
      const [cookie] = opened.headers['set-cookie'] ?? [];
      assert.match(cookie, /; HttpOnly/);
      assert.match(cookie, /; SameSite=Strict/);
      assert.equal(
        (await ask(lab.port, '/api/info', { headers: { cookie: cookie.split(';')[0] } })).status,
        200,
      );
      const wrong = await ask(lab.port, '/?token=wrong');
      assert.deepEqual([wrong.status, wrong.headers['set-cookie']], [403, undefined]);
      const session = await ask(lab.port, '/api/session', json({ token }));
      assert.deepEqual([session.status, session.headers['set-cookie']?.length], [200, 1]);
      assert.equal((await ask(lab.port, '/api/session', json({ token: 'wrong' }))).status, 401);
      // The cookie alone doesn't let another site's page in.
      const forged = {
        method: 'POST',
        headers: {
          cookie: cookie.split(';')[0],
          origin: 'https://evil.example',
          'content-type': 'application/yaml',
        },
        body: 'base: {width: 4}',
      };
      assert.equal((await ask(lab.port, '/api/sweeps', forged)).status, 403);
    } finally {
      await lab.close();
    }
  });

  test('is made where others can reach the server or a proxy stands before it, and not for this machine alone', async () => {
    for (const options of [
      { host: '0.0.0.0' },
      { origin: parseOrigin('https://lab.example.org') },
    ]) {
      const lab = await startTestServer(folder, options);
      try {
        assert.match(lab.token ?? '', /^[\w-]{32}$/);
        assert.equal((await ask(lab.port, '/api/info')).status, 401);
        const headers = { authorization: `Bearer ${lab.token}` };
        assert.equal((await ask(lab.port, '/api/info', { headers })).status, 200);
        const proxied = { ...headers, host: 'lab.example.org', origin: 'https://lab.example.org' };
        const status = 'origin' in options ? 200 : 403;
        assert.equal((await ask(lab.port, '/api/info', { headers: proxied })).status, status);
      } finally {
        await lab.close();
      }
    }
    const lab = await startTestServer(folder);
    assert.equal(lab.token, null);
    await lab.close();
  });

  test('wrong options are refused in a sentence', async () => {
    await assert.rejects(startTestServer(folder, { token: 'short' }), /Expected a token of 16/);
    const lab = await startTestServer(folder);
    await assert.rejects(startTestServer(folder, { port: lab.port }), /Port \d+ is in use/);
    await lab.close();
    await assert.rejects(
      startTestServer(folder, { host: '203.0.113.7' }),
      /is no address of this machine/,
    );
    assert.throws(() => parseOrigin('lab.example.org'), /Expected an origin/);
    assert.throws(() => parseOrigin('https://lab.example.org/path'), /Expected an origin/);
  });
});
