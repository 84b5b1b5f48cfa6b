import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import { QemuError } from '../realize/qemu/error.js';
import { removeDeadSocket } from '../realize/qemu/socket.js';
import type { Metrics } from './metrics.js';

/** Where metrics are served: on this host only. */
export type MetricsAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Parses the path of a Unix socket, or 127.0.0.1:PORT or [::1]:PORT.
 * @throws RangeError
 */
export function parseMetricsAddress(text: string): MetricsAddress {
  if (text.startsWith('/')) return { path: text };
  const [, host, port] = /^(?:(127\.0\.0\.1|\[::1\]):)([0-9]{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) <= 65535)
    return { host: host.replace(/[[\]]/g, ''), port: Number(port) };
  throw new RangeError(`'${text}' is not a valid address; use a path, 127.0.0.1:PORT or [::1]:PORT`);
}

/** Serves `/metrics` by HTTP until it is disposed. @throws QemuError `socket`; system errors */
export async function serveMetrics(address: MetricsAddress, metrics: Metrics): Promise<AsyncDisposable> {
  if ('path' in address && !(await removeDeadSocket(address.path)))
    throw new QemuError('socket', `${address.path} is in use by another process`);
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    metrics.text().then(
      (text) => response.setHeader('Content-Type', metrics.contentType).end(text),
      // The connection to xenstored ended meanwhile.
      () => response.writeHead(503).end(),
    );
  });
  server.listen(address);
  await once(server, 'listening');
  // Numbers are no secret, and Prometheus is not root.
  if ('path' in address) await chmod(address.path, 0o666);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
