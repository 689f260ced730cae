import type http from 'node:http';
import { setHeaders } from './rest-result';

/** Between the head and the body of a streamed answer. */
const SEPARATOR = Buffer.alloc(8);

interface Head {
  statusCode?: number;
  headers?: Record<string, string>;
}

/** Writes a streamed answer: JSON that says status and headers, eight NULs, then the body as it comes. */
export async function splitStream(stream: NodeJS.ReadableStream, response: http.ServerResponse): Promise<void> {
  let before: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer);
    if (before === undefined) {
      response.write(bytes);
      continue;
    }
    before = Buffer.concat([before, bytes]);
    const at = before.indexOf(SEPARATOR);
    if (at < 0) continue;
    const { statusCode = 200, headers = {} } = JSON.parse(before.subarray(0, at).toString()) as Head;
    setHeaders(response, headers);
    response.writeHead(statusCode);
    response.write(before.subarray(at + SEPARATOR.length));
    before = undefined;
  }
  if (before !== undefined) throw new Error('the answer ended before its head did');
  response.end();
}
