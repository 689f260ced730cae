import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where the servers of these tests listen, if they can be told. */
export const HOST = '127.0.0.1';

/** A port that nobody listens on, for a server that cannot choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
