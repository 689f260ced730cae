import { StoreNotOpened } from '../../adapters/embedded/writer';
import { type EmbeddedService, openEmbedded } from '../../host/embedded';
import { keepYoungGenerationSmall } from '../../host/heap';
import { type HttpServer, listen } from '../../host/http-server';
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
    'Each option is a flag or an environment variable; the flag wins. Ctrl-C or SIGTERM stops it: calls under way are answered first, and workers that wait for a task get none.',
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
  ],
  statuses: [
    [0, 'It was told to stop, and has.'],
    [1, 'It cannot start: the port, the data folder or the store.'],
    [2, 'A word, a setting or a file that one names is wrong.'],
  ],

  async run(given, _, terminal) {
    const settings = readStartSettings(given);
    keepYoungGenerationSmall();
    const { host, port, service: own } = settings;
    const service = await openEmbedded(own).catch((error) => {
      throw explainStore(error, own.dataDirectory ?? '');
    });
    const server = await listen(service.api, { host, port, bodyBytesMax: own.limits.requestBytes }).catch(
      async (error) => {
        await service.close();
        throw explainListen(error, host, port);
      },
    );
    terminal.print(banner(server.url, settings, (await service.runtime.ports.executions.countOpen()) ?? 0));
    await stopSignal();
    await stop(server, service, terminal);
    return 0;
  },
};

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

async function stop(server: HttpServer, service: EmbeddedService, terminal: Terminal): Promise<void> {
  terminal.print('Stopping: calls under way are answered first. Again to stop at once.');
  await server.close();
  await service.close();
  terminal.print('Stopped.');
}

function banner(url: string, { service }: StartSettings, openCount: number): string {
  const { dataDirectory, keys, region } = service;
  const credentials = keys ? '' : ' AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';
  const facts = [
    ['data', dataDirectory ?? 'in memory: gone when the process ends'],
    ['', dataDirectory && 'durable: what is acknowledged is on disk'],
    ['running', openCount > 0 && counted(openCount, 'execution goes on', 'executions go on')],
    ['functions', functionPlaces(service)],
    ['signatures', keys ? 'verified' : 'accepted unchecked: any keys will do'],
  ] as const;
  return [
    `Stepwell listens on ${url}`,
    ...facts.filter(([, text]) => text).map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    '',
    'Point the AWS CLI or an SDK at it:',
    `  export AWS_ENDPOINT_URL_SFN=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}${credentials}`,
    '  aws stepfunctions list-state-machines',
    '',
  ].join('\n');
}

function functionPlaces({ functions, lambdaEndpoint }: StartSettings['service']): string {
  const places = [...functions.keys()];
  if (lambdaEndpoint)
    places.push(`${places.length > 0 ? 'others ' : ''}at ${lambdaEndpoint === 'aws' ? 'AWS' : lambdaEndpoint}`);
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
