import { join } from 'node:path';
import { type FunctionModule, LocalFunctions } from '../../lib/adapters/lambda/local';
import type { FunctionResult, Functions } from '../../lib/ports/functions';
import { arnOf, describeFunctions } from './describe-functions';

const folder = join(__dirname, 'functions');
const requestId = (): string => 'e7d1d6a2-0000-4000-8000-000000000000';

/** Where functions are that are not local: nowhere. */
const nowhere: Functions = {
  invoke: async (functionArn) => ({
    error: 'Lambda.ResourceNotFoundException',
    cause: `Function not found: ${functionArn}`,
  }),
};

const fromHandlers = (name: string, more: Partial<FunctionModule> = {}): FunctionModule => ({
  file: join(folder, 'handlers.js'),
  export: name,
  ...more,
});

const opened: LocalFunctions[] = [];
function open(functions: Record<string, FunctionModule | ((event: unknown, context: object) => unknown)>) {
  const local = new LocalFunctions({ functions: new Map(Object.entries(functions)), others: nowhere, requestId });
  opened.push(local);
  return local;
}
afterAll(() => Promise.all(opened.map((local) => local.stop())));

/** Invokes a handler of functions/handlers.js in an adapter of its own. */
const invoke = (name: string, payload = '{}', more: Partial<FunctionModule> = {}): Promise<FunctionResult> =>
  open({ [name]: fromHandlers(name, more) }).invoke(arnOf(name), payload);

const reportOf = (result: FunctionResult): unknown => JSON.parse((result as { cause: string }).cause);

class OrderRejected extends Error {
  override name = 'OrderRejected';
}

describeFunctions('local modules', async () => {
  const functions = open({ echo: fromHandlers('echo'), reject: fromHandlers('reject') });
  return { functions, close: () => functions.stop() };
});

describeFunctions('plain functions in this thread', async () => {
  const functions = open({
    echo: async (event) => event,
    reject: (event) => {
      throw new OrderRejected((event as { message: string }).message);
    },
  });
  return { functions, close: () => functions.stop() };
});

describe('what a handler answers', () => {
  test.each([
    ['an async handler', 'handler', '{}', '"the default export name"'],
    ['a handler that answers nothing', 'nothing', '{}', 'null'],
    ['a handler with a callback', 'callBack', '{"a":1}', '{"calledBack":{"a":1}}'],
  ])('%s', async (_, name, payload, answer) => {
    expect(await invoke(name, payload)).toEqual({ payload: answer });
  });

  test('a handler sees the context of its invocation', async () => {
    const result = await invoke('describe', '{"a":1}', { timeoutSeconds: 60 });
    const { event, context } = JSON.parse((result as { payload: string }).payload);
    expect(event).toEqual({ a: 1 });
    expect(context).toMatchObject({
      awsRequestId: requestId(),
      functionName: 'describe',
      invokedFunctionArn: arnOf('describe'),
      functionVersion: '$LATEST',
    });
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(60_000);
  });

  test('a plain function sees the context of its invocation', async () => {
    const functions = open({ own: (_, context) => ({ ...context }) });
    const result = await functions.invoke(arnOf('own'), '{}');
    expect(JSON.parse((result as { payload: string }).payload)).toEqual({
      awsRequestId: requestId(),
      functionName: 'own',
      invokedFunctionArn: arnOf('own'),
    });
  });

  test('a qualifier in the ARN names the same function', async () => {
    const functions = open({ echo: fromHandlers('echo') });
    expect(await functions.invoke(`${arnOf('echo')}:PROD`, '1')).toEqual({ payload: '1' });
  });

  test('an Event is answered before the function is, whatever becomes of it', async () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const functions = open({
      own: async () => {
        await ended;
        throw new OrderRejected('nobody learns of it');
      },
    });
    const response = { status: 202, headers: { 'x-amzn-requestid': requestId() } };
    expect(await functions.invoke(arnOf('own'), '{}', { invocationType: 'Event' })).toEqual({ payload: '', response });
    end();
  });

  test('an Event runs the function', async () => {
    const ran = new Promise((resolve) => {
      const functions = open({ own: (event) => resolve(event) });
      void functions.invoke(arnOf('own'), '{"a":1}', { invocationType: 'Event' });
    });
    expect(await ran).toEqual({ a: 1 });
  });

  test('a DryRun runs nothing', async () => {
    const ran: unknown[] = [];
    const functions = open({ own: (event) => ran.push(event) });
    const response = { status: 204, headers: { 'x-amzn-requestid': requestId() } };
    expect(await functions.invoke(arnOf('own'), '{}', { invocationType: 'DryRun' })).toEqual({ payload: '', response });
    expect(ran).toEqual([]);
  });

  test('another InvocationType is refused', async () => {
    const functions = open({ own: () => 1 });
    expect(await functions.invoke(arnOf('own'), '{}', { invocationType: 'Later' })).toEqual({
      error: 'Lambda.InvalidParameterValueException',
      cause:
        "Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, Event, DryRun]",
    });
    expect(await functions.invoke(arnOf('own'), '{}', { invocationType: 'RequestResponse' })).toEqual({ payload: '1' });
  });

  test('a function that is not local is looked for elsewhere', async () => {
    const result = await open({}).invoke(arnOf('elsewhere'), '{}');
    expect(result).toEqual(await nowhere.invoke(arnOf('elsewhere'), '{}'));
  });
});

describe('what a handler throws', () => {
  test('an error: type, message and trace', async () => {
    const result = await invoke('reject', '{"message":"out of stock"}');
    expect(result).toMatchObject({ error: 'OrderRejected' });
    expect(reportOf(result)).toEqual({
      errorType: 'OrderRejected',
      errorMessage: 'out of stock',
      trace: expect.arrayContaining(['OrderRejected: out of stock', expect.stringContaining('handlers.js')]),
    });
  });

  test.each([
    ['an error at once', 'throwAtOnce', 'TypeError', 'thrown at once'],
    ['an error by callback', 'callBackError', 'OrderRejected', 'by callback'],
    ['an error instead of the callback', 'callBackAndThrow', 'OrderRejected', 'before the callback'],
  ])('%s', async (_, name, errorType, errorMessage) => {
    const result = await invoke(name);
    expect(result).toMatchObject({ error: errorType });
    expect(reportOf(result)).toMatchObject({ errorType, errorMessage });
  });

  test.each([
    ['text', 'throwText', { errorType: 'string', errorMessage: 'just text', trace: [] }],
    ['an object', 'throwObject', { errorType: 'object', errorMessage: '[object Object]', trace: [] }],
    ['undefined', 'throwNothing', { errorType: 'undefined', errorMessage: 'undefined', trace: [] }],
  ])('%s that is no error', async (_, name, report) => {
    const result = await invoke(name);
    expect(result).toMatchObject({ error: report.errorType });
    expect(reportOf(result)).toEqual(report);
  });
});

describe('where a handler cannot be found', () => {
  test.each([
    ['a module that is not there', { file: join(folder, 'missing.js'), export: 'handler' }, 'missing.js'],
    ['a module that fails while it is loaded', { file: join(folder, 'broken.js'), export: 'handler' }, 'broken while'],
  ])('%s: Runtime.ImportModuleError', async (_, module, text) => {
    const result = await open({ own: module }).invoke(arnOf('own'), '{}');
    expect(result).toMatchObject({ error: 'Runtime.ImportModuleError' });
    expect(reportOf(result)).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining(text),
    });
  });

  test.each(['missing', 'notAFunction'])(
    'a module without a function of that name (%s): Runtime.HandlerNotFound',
    async (name) => {
      const result = await invoke(name);
      expect(result).toMatchObject({ error: 'Runtime.HandlerNotFound' });
      expect(reportOf(result)).toMatchObject({ errorMessage: expect.stringContaining(`has no function ${name}`) });
    },
  );

  test.each([
    ['a named export', 'handler', '"hello world"'],
    ['a member of the default export', 'byDefault', '"a member of the default export"'],
  ])('an ES module: %s', async (_, name, answer) => {
    const functions = open({ own: { file: join(folder, 'module.mjs'), export: name } });
    expect(await functions.invoke(arnOf('own'), '{"name":"world"}')).toEqual({ payload: answer });
  });
});

describe('a function that does not come back', () => {
  test.each([
    ['sleeps', 'sleep', '{"ms":600000}', '{"ms":0}', '"awake"'],
    ['spins', 'spin', '{"isSpinning":true}', '{}', '"not spinning"'],
  ])(
    'a handler that %s is ended with Sandbox.Timedout, and the next invocation works',
    async (_, name, endless, brief, answer) => {
      const functions = open({ [name]: fromHandlers(name, { timeoutSeconds: 0.5 }) });
      const result = await functions.invoke(arnOf(name), endless);
      expect(result).toMatchObject({ error: 'Sandbox.Timedout' });
      expect(reportOf(result)).toEqual({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId()} Error: Task timed out after 0.50 seconds`,
      });
      expect(await functions.invoke(arnOf(name), brief)).toEqual({ payload: answer });
    },
  );

  test('a handler that ends its process: Runtime.ExitError, and the next invocation works', async () => {
    const functions = open({ exit: fromHandlers('exit') });
    const result = await functions.invoke(arnOf('exit'), '{"code":3}');
    expect(result).toMatchObject({ error: 'Runtime.ExitError' });
    expect(reportOf(result)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId()} Error: Runtime exited with error: exit status 3`,
    });
    expect(await functions.invoke(arnOf('exit'), '{}')).toEqual({ payload: '"still here"' });
  });

  test('an error outside the handler ends its invocation, and the next works', async () => {
    const functions = open({ throwLater: fromHandlers('throwLater') });
    const result = await functions.invoke(arnOf('throwLater'), '{"isThrowing":true}');
    expect(result).toMatchObject({ error: expect.any(String), cause: expect.stringContaining('outside the handler') });
    expect(await functions.invoke(arnOf('throwLater'), '{}')).toEqual({ payload: '"in peace"' });
  });
});

describe('execution environments', () => {
  test('one after the other they share an environment, so its module is loaded once', async () => {
    const functions = open({ count: fromHandlers('count') });
    for (const calls of [1, 2, 3]) {
      expect(await functions.invoke(arnOf('count'), '{}')).toEqual({ payload: String(calls) });
    }
  });

  test('an environment handles one invocation at a time, however many come', async () => {
    const functions = open({ overlap: fromHandlers('overlap') });
    const results = await Promise.all(Array.from({ length: 30 }, () => functions.invoke(arnOf('overlap'), '{}')));
    expect(results).toEqual(results.map(() => ({ payload: '1' })));
  });
});
