import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '../../lib/host/log';
import { openServed } from '../../lib/host/served';
import { DEFAULT_LIMITS } from '../../lib/runtime/limits';
import { HOST } from '../backends/free-port';

interface Line {
  level: string;
  message: string;
  error?: string;
}

const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

/**
 * A store that is empty whatever is written, and queues that answer nothing, unless `answerOf` says something else of an
 * operation like `AmazonSQS.ReceiveMessage`. No clock is in it.
 */
export async function startBackends(answerOf: (operation: string, input: string) => object | undefined) {
  const asked: string[] = [];
  const unanswered: ServerResponse[] = [];
  const usual = (operation: string): object | undefined => {
    if (operation.startsWith('DynamoDB')) return {};
    return operation === 'AmazonSQS.GetQueueUrl' ? { QueueUrl: `${endpoint}/1/queue` } : undefined;
  };
  const answer = (response: ServerResponse, body: object) => {
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']);
    let input = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      input += text;
    });
    request.on('end', () => {
      asked.push(operation);
      const body = answerOf(operation, input) ?? usual(operation);
      if (body) answer(response, body);
      else unanswered.push(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, HOST, listening));
  const endpoint = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    /** In the order in which they came. */
    asked,
    /** Answers what waits for an answer. */
    answerAll() {
      for (const response of unanswered.splice(0)) answer(response, {});
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A process on them, in this one, and what it logs. */
export async function serveOn(endpoint: string) {
  const lines: Line[] = [];
  const place = { endpoint, credentials };
  const service = await openServed({
    name: 'served',
    region: 'us-east-1',
    account: '123456789012',
    limits: DEFAULT_LIMITS,
    dynamodb: place,
    sqs: place,
    patienceMs: 0,
    retentionMs: 86_400_000,
    isCreating: false,
    keys: { find: async () => undefined },
    masterSecret: undefined,
    functions: new Map(),
    lambdaEndpoint: undefined,
    log: createLog('debug', (line) => void lines.push(JSON.parse(line))),
  });
  return { service, lines };
}

// It warns of every Node that will once be too old.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
