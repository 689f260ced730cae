import type { FunctionHandler, FunctionModule } from './adapters/lambda/local';
import { openEmbedded } from './host/embedded';
import { listen } from './host/http-server';
import { createLog, type LogLevel } from './host/log';
import { DEFAULT_LIMITS, type Limits } from './runtime/limits';

export type { FunctionContext, FunctionHandler, FunctionModule } from './adapters/lambda/local';
export type { Limits } from './runtime/limits';

export interface ServiceOptions {
  /** Folder of a durable store. Left out: everything is in memory and gone at the end. */
  data?: string;
  /** 0, the default, for any port that is free. */
  port?: number;
  region?: string;
  /** 12 digits. */
  account?: string;
  /** Lambda functions by name: plain functions, or modules that run in threads of their own. */
  functions?: Record<string, FunctionHandler | FunctionModule>;
  /** Where functions are that are not given here: a Lambda Invoke endpoint, or `aws`. */
  lambdaEndpoint?: string;
  /** Other limits than today's. */
  limits?: Partial<Limits>;
  logLevel?: LogLevel;
}

export interface Service {
  /** For `endpoint` of an SDK client. */
  endpoint: string;
  region: string;
  account: string;
  /** The ARN of a function, for a Task's Resource. */
  functionArn(name: string): string;
  stop(): Promise<void>;
}

/** Starts the service inside this process, on loopback. Any signature is accepted. */
export async function createService(options: ServiceOptions = {}): Promise<Service> {
  const { region = 'us-east-1', account = '123456789012', functions = {}, logLevel = 'warn' } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const embedded = await openEmbedded({
    dataDirectory: options.data,
    region,
    account,
    limits,
    lambdaEndpoint: options.lambdaEndpoint,
    functions: new Map(Object.entries(functions)),
    keys: undefined,
    log: createLog(logLevel),
  });
  const server = await listen(embedded.api, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    bodyBytesMax: limits.requestBytes,
  }).catch(async (error) => {
    await embedded.close();
    throw error;
  });
  return {
    endpoint: server.url,
    region,
    account,
    functionArn: (name) => `arn:aws:lambda:${region}:${account}:function:${name}`,
    async stop() {
      await server.close();
      await embedded.close();
    },
  };
}
