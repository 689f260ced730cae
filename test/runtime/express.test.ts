import type { Ports } from '../../lib/ports';
import type { FunctionResult } from '../../lib/ports/functions';
import { createRuntime } from '../../lib/runtime';
import type { Limits } from '../../lib/runtime/limits';
import { newMachine } from '../contract/samples';
import { lambda, machine, wait } from '../engine/scenario';
import { openSharedStore, type SharedStore } from './shared-store';

/** Executions in memory, by a clock that is wound: what sleeps, and is not woken, wakes at once, as late as it should be. */
const NOW_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

let shared: SharedStore;
let nowMs: number;
/** What is called again and again, until it asks for no more. */
let called: (() => void)[];
let asked: string[];
let answer: () => Promise<FunctionResult>;

const unused = (name: string) =>
  new Proxy({}, { get: () => () => Promise.reject(new Error(`${name} is not to be used`)) });

beforeEach(async () => {
  [nowMs, called, asked] = [NOW_MS, [], []];
  const given: Partial<Ports> = {
    clock: {
      nowMs: () => nowMs,
      async sleep(ms, cut) {
        for (let round = 0; round < 3; round++) await new Promise(setImmediate);
        if (!cut?.aborted) nowMs += Math.max(0, ms);
      },
      placeInLine: () => async () => {},
      every(_, call) {
        called.push(call);
        return () => {};
      },
    },
    functions: {
      invoke: (_, payload) => {
        asked.push(payload);
        return answer();
      },
    },
    // Nothing of it is stored, nor sent.
    advance: unused('the queue of turns') as Ports['advance'],
    tasks: unused('the queue of tasks') as Ports['tasks'],
  };
  shared = await openSharedStore(() => nowMs, given);
  const { journal, executions } = shared.runtime.ports;
  for (const port of [journal, executions]) {
    for (const [name, method] of Object.entries(port)) {
      if (typeof method === 'function') {
        Object.assign(port, { [name]: () => Promise.reject(new Error(`${name} is not to be used`)) });
      }
    }
  }
});
afterEach(() => shared.close());

async function run(definition: string, input = '{}') {
  const express = { ...newMachine(), type: 'EXPRESS' as const };
  await shared.store.registry.createMachine(express, definition);
  return shared.runtime.express.run({ machine: express, version: undefined, name: 'n', input, testCase: undefined });
}

async function limit(limits: Partial<Limits>): Promise<void> {
  const { ports, settings } = shared.runtime;
  shared.runtime = await createRuntime(ports, { ...settings, limits: { ...settings.limits, ...limits } });
}

/** How long it sleeps, each time. */
function watchSleep(): number[] {
  const slept: number[] = [];
  const { clock } = shared.runtime.ports;
  const { sleep } = clock;
  clock.sleep = (ms, cut) => {
    slept.push(ms);
    return sleep(ms, cut);
  };
  return slept;
}

test('nothing is stored or sent, whatever it does', async () => {
  answer = async () => ({ payload: '"done"' });
  const definition = machine({ Sleep: wait({ Seconds: 60, Next: 'Call', End: undefined }), Call: lambda({}) });
  expect(await run(definition)).toMatchObject({
    status: 'SUCCEEDED',
    startMs: NOW_MS,
    end: { stopMs: NOW_MS + MINUTE_MS, output: { text: '"done"' } },
  });
  expect(asked).toEqual(['{}']);
});

test.each<[string, () => string]>([
  ['one that sleeps', () => machine({ Sleep: wait({ Seconds: 3_600 }) })],
  ['one whose function does not answer', () => machine({ Call: lambda({}) })],
  [
    'one that may take longer by its definition',
    () => JSON.stringify({ ...JSON.parse(machine({ Sleep: wait({ Seconds: 3_600 }) })), TimeoutSeconds: 3_000 }),
  ],
])('%s times out after five minutes', async (_, definition) => {
  answer = () => new Promise(() => {});
  expect(await run(definition())).toMatchObject({
    status: 'TIMED_OUT',
    end: { stopMs: NOW_MS + 5 * MINUTE_MS },
  });
});

test('a process that stops gives up what goes on after 14 s, and takes no more', async () => {
  let begun!: () => void;
  const isAsked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  answer = () => {
    begun();
    return new Promise(() => {});
  };
  const { clock } = shared.runtime.ports;
  const cut = new Promise<void>((resolve) => {
    // Real time does not pass: it sleeps until something comes.
    clock.sleep = (ms, signal) =>
      ms > 0
        ? new Promise((woken) => {
            signal?.addEventListener('abort', () => woken());
            resolve();
          })
        : Promise.resolve();
  });
  const running = run(machine({ Call: lambda({}) }));
  running.catch(() => {});
  await Promise.all([isAsked, cut]);
  shared.runtime.express.beginStop();
  await expect(run(machine({ Call: lambda({}) }))).rejects.toThrow('the process stops');
  for (const call of called) call();
  await expect(running).rejects.toThrow('the process stops');
});

test('many that wake in the same moment have their turns one after another', async () => {
  const slept = watchSleep();
  await run(machine({ Sleep: wait({ Seconds: 60 }) }));
  expect(slept).toEqual([MINUTE_MS, 0]);
});

test('of many tasks, some begin in a turn, and others have theirs', async () => {
  answer = async () => ({ payload: '1' });
  const begun: number[] = [];
  shared.runtime.ports.observer = {
    committed: (_run, _startMs, events) => {
      begun.push(events.filter(({ type }) => type === 'LambdaFunctionStarted').length);
    },
  };
  const branch = (index: number) => ({ StartAt: `T${index}`, States: { [`T${index}`]: lambda({}) } });
  const Branches = Array.from({ length: 350 }, (_, index) => branch(index));
  const definition = machine({ All: { Type: 'Parallel', Branches, ResultPath: null, End: true } });
  expect(await run(definition)).toMatchObject({ status: 'SUCCEEDED' });
  expect(begun.reduce((sum, count) => sum + count)).toBe(350);
  expect(Math.max(...begun)).toBeLessThanOrEqual(100);
});

test('one whose function has not answered yet counts after its end', async () => {
  await limit({ syncExecutions: 1 });
  let resolve!: (result: FunctionResult) => void;
  const answered = new Promise<FunctionResult>((done) => {
    resolve = done;
  });
  answer = () => answered;
  const calling = machine({ Call: lambda({}) });
  expect(await run(calling)).toMatchObject({ status: 'TIMED_OUT' });
  expect(await run(calling)).toBe('full');
  resolve({ payload: '1' });
  await new Promise(setImmediate);
  expect(await run(calling)).toMatchObject({ status: 'SUCCEEDED' });
});

test('a limit of months asks for no timer that would ring at once', async () => {
  await limit({ syncSeconds: 10_000_000 });
  const slept = watchSleep();
  const definition = machine({ Sleep: wait({ Seconds: 10_000_000 }) });
  expect(await run(definition)).toMatchObject({ status: 'TIMED_OUT', end: { stopMs: NOW_MS + 10_000_000_000 } });
  expect(Math.max(...slept)).toBeLessThan(2 ** 31);
});

test('what nobody foresaw is not hidden', async () => {
  answer = () => Promise.reject(new Error('a bug'));
  await expect(run(machine({ Call: lambda({}) }))).rejects.toThrow('a bug');
});
