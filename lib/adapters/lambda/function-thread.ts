import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { describeError, type Outcome } from './outcome';

/** One execution environment of a local function: loads its module once, then handles one event after the other. */

export interface Invocation {
  payload: string;
  awsRequestId: string;
  functionName: string;
  invokedFunctionArn: string;
  timeoutMs: number;
}

export interface Report {
  outcome: Outcome;
  /** Whether the environment can take another invocation. */
  isReusable: boolean;
}

type Handler = (event: unknown, context: object, callback?: (error: unknown, result?: unknown) => void) => unknown;

const { file, name } = workerData as { file: string; name: string };
const port = parentPort!;
const loading = load();
loading.catch(() => {});

async function load(): Promise<Handler> {
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const members = (loaded.default ?? {}) as Record<string, unknown>;
  const handler = loaded[name] ?? members[name];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${file} has no function ${name}`), { name: 'Runtime.HandlerNotFound' });
  }
  return handler as Handler;
}

port.on('message', async (invocation: Invocation) => {
  port.postMessage((await handle(invocation)) satisfies Report);
});

async function handle(invocation: Invocation): Promise<Report> {
  let handler: Handler;
  try {
    handler = await loading;
  } catch (error) {
    const described = describeError(error);
    const isNotFound = described.errorType === 'Runtime.HandlerNotFound';
    const errorType = isNotFound ? described.errorType : 'Runtime.ImportModuleError';
    return { outcome: { ...described, errorType }, isReusable: false };
  }
  try {
    const event = invocation.payload === 'null' ? {} : JSON.parse(invocation.payload);
    const result = await call(handler, event, contextOf(invocation));
    return { outcome: { payload: JSON.stringify(result) ?? 'null' }, isReusable: true };
  } catch (error) {
    return { outcome: describeError(error), isReusable: true };
  }
}

/** Handlers with a callback are the old form; the others answer a promise. */
function call(handler: Handler, event: unknown, context: object): unknown {
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

function contextOf({ awsRequestId, functionName, invokedFunctionArn, timeoutMs }: Invocation): object {
  const endMs = Date.now() + timeoutMs;
  return {
    awsRequestId,
    functionName,
    invokedFunctionArn,
    functionVersion: '$LATEST',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => endMs - Date.now(),
  };
}
