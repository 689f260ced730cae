import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Where the servers of these tests listen, if they can be told. */
export const HOST = '127.0.0.1';

/** Has the server listen on a free port, and answers where: `127.0.0.1:49152`. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return `${HOST}:${portOf(server)}`;
}

/** A port that nobody listens on, for a server that cannot choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
