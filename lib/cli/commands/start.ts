import { StoreNotOpened } from '../../adapters/embedded/writer';
import { openEmbedded } from '../../host/embedded';
import { functionsPlaceOf } from '../../host/functions';
import { collectHeapWhenIdle } from '../../host/heap';
import { type HttpServer, listen } from '../../host/http-server';
import type { ServedService } from '../../host/served';
import { systemClock } from '../../host/system';
import type { Command } from '../command';
import { counted } from '../counted';
import { START_OPTIONS } from '../options';
import { CannotStart } from '../refusal';
import { readStartSettings, type StartSettings } from '../settings';
import type { Terminal } from '../terminal';

/** `stepwell start`: serves until it is told to stop. */
export const start: Command = {
  name: 'start',
  summary: 'Serve the Step Functions API on this machine.',
  about: [
    'Serves the API of AWS Step Functions over HTTP, for the AWS CLI and every SDK: set AWS_ENDPOINT_URL_SFN to the address that it prints. What is acknowledged is on disk; after a restart, or a crash, running executions go on.',
    'With --store dynamodb --queues sqs it is one of any number of processes beside each other, on any DynamoDB-compatible store and SQS-compatible queues. Then every request is verified, and /ready and /metrics (Prometheus) are served beside /health.',
    'Each option is a flag or an environment variable; the flag wins. Ctrl-C or SIGTERM stops it: calls under way are answered first, and workers that wait for a task get none; with SQS, what is not done within 15 s goes back to the queues.',
  ],
  operands: undefined,
  options: START_OPTIONS,
  examples: [
    { purpose: 'Serve on port 8083, with the store in ./.stepwell.', command: 'stepwell start' },
    { purpose: 'Serve on any free port and keep nothing, for tests.', command: 'stepwell start --memory --port 0' },
    {
      purpose: 'Serve with a Lambda function that is a local module.',
      command: 'stepwell start --function charge=./charge.mjs#handler',
    },
    {
      purpose: 'Serve with functions of `sam local start-lambda`, set by the environment.',
      command: 'STEPWELL_LAMBDA_ENDPOINT=http://127.0.0.1:3001 stepwell start',
    },
    {
      purpose: 'Serve as one of several processes. `npm run emulators` starts a store and queues to try it with.',
      command:
        'stepwell start --store dynamodb --dynamodb-endpoint http://127.0.0.1:8000 --queues sqs --sqs-endpoint http://127.0.0.1:9324 --master-secret-file secret.txt',
    },
  ],
  statuses: [
    [0, 'It was told to stop, and has.'],
    [1, 'It cannot start: the port, the data folder, the store or the queues.'],
    [2, 'A word, a setting or a file that one names is wrong.'],
  ],

  async run(given, _, terminal) {
    const settings = readStartSettings(given);
    collectHeapWhenIdle(settings.service.log);
    const { host, port } = settings;
    const { requestBytes: bodyBytesMax } = settings.service.limits;
    const service = await openHome(settings);
    const server = await listen(service.api, { host, port, bodyBytesMax, pages: service.pages }).catch(
      async (error) => {
        await service.close();
        throw explainListen(error, host, port);
      },
    );
    const text = banner(server.url, settings, (await service.runtime.ports.executions.countOpen()) ?? 0);
    // Whoever reads that it listens may stop it at once.
    const told = stopSignal();
    terminal.print(text);
    await told;
    await stop(server, service, terminal);
    return 0;
  },
};

async function openHome({ home, service: own }: StartSettings): Promise<ServedService> {
  if (home === 'served') {
    // Loaded where they are used: the embedded home needs no SDK, and starts faster and smaller without.
    const { openServed } = await import('../../host/served');
    const { explainServed } = await import('../served-failures');
    return openServed(own).catch((error) => {
      throw explainServed(error, own.name);
    });
  }
  const service = await openEmbedded(own).catch((error) => {
    throw explainStore(error, own.dataDirectory ?? '');
  });
  return { ...service, pages: {}, callsEndWithinMs: undefined, beginStop() {} };
}

/** npm passes a Ctrl-C on to a process that the terminal has told already: so soon it is the same one. */
const SAME_SIGNAL_MS = 500;

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const hear = () => {
      if (firstMs !== undefined && Date.now() - firstMs < SAME_SIGNAL_MS) return;
      // The second time the user means it.
      if (firstMs !== undefined) process.exit(1);
      firstMs = Date.now();
      resolve();
    };
    process.on('SIGINT', hear);
    process.on('SIGTERM', hear);
  });
}

async function stop(server: HttpServer, service: ServedService, terminal: Terminal): Promise<void> {
  terminal.print('Stopping: calls under way are answered first. Again to stop at once.');
  service.runtime.express.beginStop();
  service.beginStop();
  const { callsEndWithinMs } = service;
  const ended = [server.close(), ...(callsEndWithinMs === undefined ? [] : [systemClock.sleep(callsEndWithinMs)])];
  await Promise.race(ended);
  await service.close();
  terminal.print('Stopped.');
}

type Facts = readonly (readonly [name: string, text: string | false | undefined])[];

function banner(url: string, settings: StartSettings, openCount: number): string {
  const { service } = settings;
  const { keys, region } = service;
  const isVerified = keys !== undefined || settings.home === 'served';
  const credentials = isVerified ? '' : ' AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';
  const facts: Facts = [
    ...placesOf(settings),
    ['running', openCount > 0 && counted(openCount, 'execution goes on', 'executions go on')],
    ['functions', functionPlaces(service)],
    ['services', servicePlaces(service)],
    ['signatures', isVerified ? 'verified' : 'accepted unchecked: any keys will do'],
  ];
  return [
    `Stepwell listens on ${url}`,
    ...facts.filter(([, text]) => text).map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    '',
    'Point the AWS CLI or an SDK at it:',
    `  export AWS_ENDPOINT_URL_SFN=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}${credentials} AWS_DISABLE_HOST_PREFIX_INJECTION=true`,
    '  aws stepfunctions list-state-machines',
    '',
  ].join('\n');
}

function placesOf({ home, service }: StartSettings): Facts {
  if (home === 'served') {
    const { name, dynamodb, sqs } = service;
    return [
      ['store', `tables ${name}-... at ${dynamodb.endpoint ?? 'DynamoDB'}`],
      ['queues', `${name}-... at ${sqs.endpoint ?? 'SQS'}`],
      ['beside it', '/health, /ready and /metrics'],
    ];
  }
  return [
    ['data', service.dataDirectory ?? 'in memory: gone when the process ends'],
    ['', service.dataDirectory && 'durable: what is acknowledged is on disk'],
  ];
}

function servicePlaces({ serviceEndpoints = new Map(), awsEndpoint }: StartSettings['service']): string | undefined {
  const places = [...serviceEndpoints].map(([service, place]) => `${service} at ${place}`);
  if (awsEndpoint !== undefined) places.push(`${places.length > 0 ? 'others ' : ''}at ${awsEndpoint}`);
  return places.length > 0 ? places.join(', ') : undefined;
}

function functionPlaces(service: StartSettings['service']): string {
  const places = [...service.functions.keys()];
  const place = functionsPlaceOf(service, process.env);
  if (place !== undefined) places.push(`${places.length > 0 ? 'others ' : ''}at ${place === 'aws' ? 'AWS' : place}`);
  return places.join(', ');
}

const ANOTHER_FOLDER = 'give another folder with --data DIR';

function explainStore(error: unknown, directory: string): Error {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === 'mkdir') {
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : `${code}`;
    return new CannotStart(`the data folder ${directory} cannot be made (${why}); ${ANOTHER_FOLDER}, or --memory.`);
  }
  if (!(error instanceof StoreNotOpened)) return error as Error;
  if (code === 'UNUSABLE_STORE') {
    return new CannotStart(`${directory}: ${message}. Use that version, or ${ANOTHER_FOLDER}.`);
  }
  if (/lock|busy/i.test(message)) {
    return new CannotStart(
      `the store in ${directory} is in use by another process; stop that one, or ${ANOTHER_FOLDER}.`,
    );
  }
  return new CannotStart(`the store in ${directory} cannot be opened (${message}); ${ANOTHER_FOLDER}, or --memory.`);
}

function explainListen(error: unknown, host: string, port: number): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new CannotStart(
      `port ${port} is in use; stop what listens there, or give another with --port N (0 for any free one).`,
    );
  }
  if (code === 'EACCES') {
    return new CannotStart(`this user may not listen on port ${port}; give one above 1023 with --port N.`);
  }
  return new CannotStart(`${host}:${port} cannot be listened on (${message}); give another address with --host NAME.`);
}
