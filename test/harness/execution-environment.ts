import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { functionError, type Outcome, RuntimeApi } from './runtime-api';

/** A function as the template describes it. */
export interface FunctionSettings {
  name: string;
  arn: string;
  region: string;
  /** The folder of its code. */
  folder: string;
  handler: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  logging: { LogFormat: string; ApplicationLogLevel: string };
  variables: Readonly<Record<string, string>>;
  /** Where the services are that it calls: the SDK's own variables. */
  endpoints: Readonly<Record<string, string>>;
  /** Told what the function writes to its standard output and error, line by line. */
  onLine(line: string): void;
}

const RUNTIME_CLIENT = resolve(__dirname, '../../.cache/lambda-runtime/package/index.mjs');
const NATIVE_CLIENT = join(__dirname, 'native-client.cjs');
/** AWS gives 10 s; a machine that starts many at once takes longer. */
const INIT_MAX_MS = 90_000;

/** Says what is missing, if the functions cannot be run here. */
export const missingRuntimeClient = (): string | undefined =>
  existsSync(RUNTIME_CLIENT) ? undefined : `no ${RUNTIME_CLIENT}: run node test/harness/fetch-runtime-client.mjs`;

/**
 * One process with the function's code, under AWS's own runtime client. It handles one event at a time, and is frozen
 * between events. It can be killed or frozen at any moment.
 */
export class ExecutionEnvironment {
  readonly id = randomUUID();
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  isBusy = true;
  isGone = false;
  private readonly child: ChildProcess;
  /** Frozen from outside: not thawed by an event. */
  private isHeld = false;

  private constructor(
    readonly settings: FunctionSettings,
    private readonly api: RuntimeApi,
    address: string,
  ) {
    const { folder, memoryMegabytes, onLine } = settings;
    const flags = [`--max-old-space-size=${memoryMegabytes}`, '--require', NATIVE_CLIENT, RUNTIME_CLIENT];
    this.child = spawn(process.execPath, flags, {
      cwd: folder,
      env: variablesOf(settings, address, this.id),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) eachLine(stream, onLine);
    this.gone = new Promise((gone) => {
      this.child.once('close', () => {
        this.isGone = true;
        this.api.close();
        gone();
      });
    });
  }

  /** Resolves when the code is loaded. */
  static async start(settings: FunctionSettings, begun: (environment: ExecutionEnvironment) => void) {
    const api = new RuntimeApi();
    const environment = new ExecutionEnvironment(settings, api, await api.listen());
    begun(environment);
    const timer = setTimeout(() => environment.kill(), INIT_MAX_MS);
    try {
      await api.ready;
      environment.rest();
    } catch (error) {
      environment.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Answers as soon as the function has; `over` when the environment is free again, or gone. */
  invoke(event: string): { answered: Promise<Outcome>; over: Promise<void> } {
    const { timeoutSeconds, arn } = this.settings;
    const requestId = randomUUID();
    this.isBusy = true;
    const { answered, over } = this.api.begin({
      requestId,
      functionArn: arn,
      deadlineMs: Date.now() + timeoutSeconds * 1000,
      event,
    });
    if (!this.isHeld) this.child.kill('SIGCONT');
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.kill();
    }, timeoutSeconds * 1000);
    const died = this.gone.then(() =>
      isLate
        ? functionError(
            'Sandbox.Timedout',
            `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds}.00 seconds`,
          )
        : functionError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited`),
    );
    return {
      answered: Promise.race([answered, died]),
      over: Promise.race([over, this.gone]).then(() => {
        clearTimeout(timer);
        this.rest();
      }),
    };
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  freeze(): void {
    this.isHeld = true;
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.isHeld = false;
    if (this.isBusy) this.child.kill('SIGCONT');
  }

  /** As on Lambda: nothing of it runs until the next event. */
  private rest(): void {
    this.isBusy = false;
    if (!this.isGone) this.child.kill('SIGSTOP');
  }
}

/** What Lambda sets, then what the template sets; nothing of the machine that runs the tests. */
function variablesOf(settings: FunctionSettings, address: string, id: string): Record<string, string> {
  const { name, region, folder, handler, memoryMegabytes, logging, endpoints, variables } = settings;
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    // AWS has a newer Node than some machines that run this.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_RUNTIME_API: address,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: id,
    AWS_LAMBDA_LOG_FORMAT: logging.LogFormat,
    AWS_LAMBDA_LOG_LEVEL: logging.ApplicationLogLevel,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
    AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-function',
    AWS_SESSION_TOKEN: 'a-session-of-the-function',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
    ...endpoints,
    ...variables,
  };
}

function eachLine(stream: NodeJS.ReadableStream, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(use);
  });
  stream.on('end', () => {
    if (rest !== '') use(rest);
  });
}
