import { once } from 'node:events';
import http from 'node:http';

/** A Lambda Invoke endpoint on a free port. Whatever function is asked for, it answers with twice the event's `i`. */
export async function startLambdaEndpoint() {
  const endpoint = { port: 0, invocations: 0 };
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!/^\/2015-03-31\/functions\/[^/]+\/invocations/.test(request.url)) {
      response.writeHead(404).end('{"Message": "no such path"}');
      return;
    }
    endpoint.invocations++;
    const result = JSON.stringify({ twice: 2 * JSON.parse(body).i });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': result.length }).end(result);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  endpoint.port = server.address().port;
  return endpoint;
}
