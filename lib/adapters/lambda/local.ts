import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FunctionResult, Functions, InvokeOptions } from '../../ports/functions';
import type { Invocation, Report } from './function-thread';
import { describeError, type Outcome } from './outcome';

/** A handler in a module: `export const handler = async (event, context) => ...` */
export interface FunctionModule {
  file: string;
  export: string;
  /** Seconds until the function is ended with Sandbox.Timedout. */
  timeoutSeconds?: number;
}

export type FunctionHandler = (event: unknown, context: FunctionContext) => unknown;

export interface FunctionContext {
  awsRequestId: string;
  functionName: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export interface LocalFunctionsSettings {
  functions: ReadonlyMap<string, FunctionModule | FunctionHandler>;
  /** Where functions are looked for that are not here. */
  others: Functions;
  requestId(): string;
}

/** The longest that Lambda allows. */
const TIMEOUT_DEFAULT_SECONDS = 900;
const INVOCATION_TYPES = ['RequestResponse', 'Event', 'DryRun'];
const REQUEST_ID = 'x-amzn-requestid';
/** Threads of one function; more invocations wait. */
const THREADS_MAX = 10;

/** Functions that are local modules, each invocation alone in a thread, with Lambda's errors. Plain functions run in this thread. */
export class LocalFunctions implements Functions {
  private readonly pools = new Map<string, ThreadPool>();

  constructor(private readonly settings: LocalFunctionsSettings) {}

  async invoke(functionArn: string, payload: string, options?: InvokeOptions): Promise<FunctionResult> {
    const name = functionArn.split(':')[6] ?? '';
    const local = this.settings.functions.get(name);
    if (!local) return this.settings.others.invoke(functionArn, payload, options);
    const type = options?.invocationType ?? 'RequestResponse';
    if (!INVOCATION_TYPES.includes(type)) return badType(type);
    const awsRequestId = this.settings.requestId();
    const without = (status: number) => ({
      payload: '',
      response: { status, headers: { [REQUEST_ID]: awsRequestId } },
    });
    if (type === 'DryRun') return without(204);
    const facts = { awsRequestId, functionName: name, invokedFunctionArn: functionArn };
    const running =
      typeof local === 'function' ? callHere(local, payload, facts) : this.pool(name, local).run({ payload, ...facts });
    // Nobody learns what becomes of it.
    if (type === 'Event') return without(202);
    const outcome = await running;
    return 'payload' in outcome ? outcome : { error: outcome.errorType, cause: JSON.stringify(outcome) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.stop()));
  }

  private pool(name: string, module: FunctionModule): ThreadPool {
    let pool = this.pools.get(name);
    if (!pool) {
      pool = new ThreadPool(module);
      this.pools.set(name, pool);
    }
    return pool;
  }
}

function badType(type: string): FunctionResult {
  const cause = `Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [${INVOCATION_TYPES.join(', ')}]`;
  return { error: 'Lambda.InvalidParameterValueException', cause };
}

async function callHere(
  handler: FunctionHandler,
  payload: string,
  facts: Omit<FunctionContext, 'getRemainingTimeInMillis'>,
): Promise<Outcome> {
  try {
    const event = payload === 'null' ? {} : JSON.parse(payload);
    const result = await handler(event, { ...facts, getRemainingTimeInMillis: () => TIMEOUT_DEFAULT_SECONDS * 1000 });
    return { payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return describeError(error);
  }
}

/** The threads of one function: one invocation at a time in each, kept for the next. */
class ThreadPool {
  private readonly idle: Worker[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly module: FunctionModule) {}

  async run(invocation: Omit<Invocation, 'timeoutMs'>): Promise<Outcome> {
    if (this.busy >= THREADS_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.busy++;
    try {
      return await this.runIn(this.idle.pop() ?? this.start(), invocation);
    } finally {
      this.busy--;
      this.waiting.shift()?.();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((thread) => thread.terminate()));
  }

  private start(): Worker {
    const { file, export: name } = this.module;
    const thread = new Worker(threadFile(), { workerData: { file, name } });
    thread.unref();
    return thread;
  }

  private runIn(thread: Worker, invocation: Omit<Invocation, 'timeoutMs'>): Promise<Outcome> {
    const { awsRequestId } = invocation;
    const timeoutSeconds = this.module.timeoutSeconds ?? TIMEOUT_DEFAULT_SECONDS;
    return new Promise((resolve) => {
      const end = (outcome: Outcome, isReusable: boolean) => {
        clearTimeout(timer);
        // Not all listeners: the thread keeps some of its own, without which it never delivers another message.
        for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
        // A thread that is ended may still report: nobody listens.
        thread.on('error', () => {});
        if (isReusable) this.idle.push(thread);
        else void thread.terminate();
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        const errorMessage = `RequestId: ${awsRequestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        end({ errorType: 'Sandbox.Timedout', errorMessage }, false);
      }, timeoutSeconds * 1000);
      thread.on('message', ({ outcome, isReusable }: Report) => end(outcome, isReusable));
      thread.on('error', (error) => end(describeError(error), false));
      thread.on('exit', (code) => {
        const errorMessage = `RequestId: ${awsRequestId} Error: Runtime exited with error: exit status ${code}`;
        end({ errorType: 'Runtime.ExitError', errorMessage }, false);
      });
      thread.postMessage({ ...invocation, timeoutMs: timeoutSeconds * 1000 } satisfies Invocation);
    });
  }
}

/** Beside this file in a build; in the build's folder when the sources run as they are. */
function threadFile(): string {
  const beside = join(__dirname, 'function-thread.js');
  return existsSync(beside) ? beside : join(__dirname, '../../../dist/function-thread.js');
}
