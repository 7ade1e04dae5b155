import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { eventHub } from './event-hub.ts';

test('who does not read is dropped when too much waits for him; others hear everything', async () => {
  const hub = eventHub({ longestQueue: 100_000, most: 2 });
  const server = createServer((_, response) => {
    if (!hub.add(response, {})) response.writeHead(503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  };
  const lazy = open().pause();
  const eager = open();
  let heard = 0;
  eager.on('data', (bytes: Buffer) => {
    heard += bytes.length;
  });
  await once(eager, 'data');
  while (hub.size() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const third = open();
  assert.match(String((await once(third, 'data'))[0]), /^HTTP\/1\.1 503/);
  const padding = 'x'.repeat(50_000);
  let sent = 0;
  // The system's own buffers take some megabytes first.
  while (hub.size() === 2 && sent < 2000) {
    hub.publish('store', { away: padding });
    sent++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(hub.size(), 1);
  hub.publish('store', { away: 'the last' });
  while (heard < sent * padding.length) await once(eager, 'data');
  hub.close();
  await once(eager, 'close');
  lazy.destroy();
  third.destroy();
  server.closeAllConnections();
  server.close();
});
