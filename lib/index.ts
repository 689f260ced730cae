import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionContext, FunctionHandler, FunctionModule } from './adapters/lambda/local';
import type { ServiceHandler } from './adapters/services/local-services';
import { openEmbedded } from './host/embedded';
import { openExecutionLog } from './host/execution-log';
import { listen } from './host/http-server';
import { createLog, type LogLevel } from './host/log';
import { DEFAULT_LIMITS, type Limits } from './runtime/limits';
import { parseMocks } from './runtime/mocks';

export type { FunctionContext } from './adapters/lambda/local';
export type { ServiceHandler } from './adapters/services/local-services';
export type { ApiEvent } from './cli/timeline/event';
export { Timeline, type TimelineOptions } from './cli/timeline/timeline';
export type { LogLevel } from './host/log';
export type { Limits } from './runtime/limits';

/** A Lambda function as a plain function: it runs in this process, with the event that the Task state sends it. */
// biome-ignore lint/suspicious/noExplicitAny: what an event is, its function says.
export type LocalFunction = (event: any, context: FunctionContext) => unknown;

/** A Lambda function in a module of its own: it runs in threads, and a crash or an endless loop ends only those. */
export interface LocalModule {
  /** A path from the current folder, or `new URL('./charge.mjs', import.meta.url)`. */
  file: string | URL;
  /** `handler` when left out. */
  export?: string;
  /** Seconds until the function is ended with Sandbox.Timedout; 900 when left out. */
  timeoutSeconds?: number;
}

export interface ServiceOptions {
  /** Folder of a durable store. Left out: everything is in memory and gone at the end. */
  data?: string;
  /** 0, the default, for any port that is free. */
  port?: number;
  /** `us-east-1` when left out. */
  region?: string;
  /** 12 digits; `123456789012` when left out. */
  account?: string;
  /** Lambda functions by name: a Task's Resource names them by an ARN, see `functionArn`. */
  functions?: Record<string, LocalFunction | LocalModule>;
  /** Where functions are that are not given here: a Lambda Invoke endpoint, or `aws`. */
  lambdaEndpoint?: string;
  /**
   * Services as functions, by Resource: `{ 'sqs:sendMessage': async ({ MessageBody }) => ({ MessageId: '1' }) }`,
   * `'aws-sdk:s3:getObject'`. An error that is thrown fails the task, under its name.
   */
  services?: Record<string, ServiceHandler>;
  /** Where tasks call a service that is not given here, by name: a URL, or `aws`. */
  serviceEndpoints?: Record<string, string>;
  /** Where all others are: a URL, or `aws` for AWS itself. Left out: where AWS_ENDPOINT_URL says, else nowhere. */
  awsEndpoint?: string;
  /** A mock file of Step Functions Local: what stands in it, or where it is. Start executions as `ARN#TestCase`. */
  mocks?: object | string | URL;
  /** Other limits than today's. */
  limits?: Partial<Limits>;
  /** What is logged to standard error; `warn` when left out. */
  logLevel?: LogLevel;
  /** Where events of executions are logged whose state machines ask for it: a file. Standard error when left out. */
  executionLog?: string;
}

export interface Service {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** What an SDK client needs to know: `new SFNClient(service.clientConfig)`. */
  readonly clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    /** StartSyncExecution comes here too, not to `sync-127.0.0.1`. */
    disableHostPrefix: true;
  };
  /** The ARN of a function, for a Task's Resource. */
  functionArn(name: string): string;
  /** The ARN of an activity, for a Task's Resource. */
  activityArn(name: string): string;
  /** Answers the calls under way, ends long polls with no task, and frees the port and the store. */
  stop(): Promise<void>;
}

/**
 * Starts the service inside this process, on loopback. Any signature is accepted. Services do not know of each other:
 * any number can run at once. Rejects when the port is taken, or the store cannot be opened.
 *
 *     const service = await createService({ functions: { charge: async ({ amount }) => ({ paid: amount }) } });
 *     const client = new SFNClient(service.clientConfig);
 *     // CreateStateMachine, StartExecution, ... with Resource: service.functionArn('charge')
 *     await service.stop();
 */
export async function createService(options: ServiceOptions = {}): Promise<Service> {
  const { region = 'us-east-1', account = '123456789012', functions = {}, logLevel = 'warn' } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const log = createLog(logLevel);
  const embedded = await openEmbedded({
    dataDirectory: options.data,
    region,
    account,
    limits,
    mocks: options.mocks === undefined ? undefined : parseMocks(mockText(options.mocks)),
    lambdaEndpoint: options.lambdaEndpoint,
    awsEndpoint: options.awsEndpoint,
    serviceEndpoints: new Map(Object.entries(options.serviceEndpoints ?? {})),
    serviceHandlers: new Map(Object.entries(options.services ?? {})),
    functions: new Map(Object.entries(functions).map(([name, given]) => [name, functionOf(name, given)])),
    keys: undefined,
    log,
    executionLog:
      logLevel === 'silent' && options.executionLog === undefined
        ? undefined
        : openExecutionLog(options.executionLog, log),
  });
  const server = await listen(embedded.api, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    bodyBytesMax: limits.requestBytes,
  }).catch(async (error) => {
    await embedded.close();
    throw error;
  });
  const endpoint = server.url;
  const { arns } = embedded.runtime.settings;
  let stopping: Promise<void> | undefined;
  return {
    endpoint,
    region,
    account,
    clientConfig: {
      endpoint,
      region,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      disableHostPrefix: true,
    },
    functionArn: (name) => arns.lambdaFunction(name),
    activityArn: (name) => arns.activity(name),
    stop() {
      embedded.runtime.express.beginStop();
      stopping ??= server.close().then(() => embedded.close());
      return stopping;
    },
  };
}

const mockText = (given: object | string | URL): string =>
  typeof given === 'string' || given instanceof URL ? readFileSync(given, 'utf8') : JSON.stringify(given);

function functionOf(name: string, given: LocalFunction | LocalModule): FunctionHandler | FunctionModule {
  if (typeof given === 'function') return given;
  const file = given.file instanceof URL ? fileURLToPath(given.file) : resolve(given.file);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Error(`function ${name}: there is no file ${file}`);
  return { ...given, file, export: given.export ?? 'handler' };
}
