import { setTimeout as sleep } from 'node:timers/promises';
import { duration, failureText } from '../../lib/cli/timeline/amounts';
import { type ApiEvent, createService, type LocalFunction, type Service, Timeline } from '../../lib/index';
import { call } from './command';

const RESOURCE = 'arn:aws:lambda:us-east-1:123456789012:function';
const activity = (name: string) => `arn:aws:states:us-east-1:123456789012:activity:${name}`;

class Busy extends Error {
  override name = 'Busy';
}

/** Fails as often as its event says, for each event of another id. */
const failures = new Map<string, number>();
const sometimes: LocalFunction = async ({ id, fails }: { id: string; fails: number }) => {
  const count = failures.get(id) ?? 0;
  failures.set(id, count + 1);
  if (count < fails) throw new Busy(`no luck,\n${count + 1}`);
  return { tried: count + 1 };
};

let service: Service;
let names = 0;

beforeAll(async () => {
  const services = {
    'sqs:sendMessage': () => ({ MessageId: '1' }),
    'aws-sdk:s3:getObject': () => Promise.reject(new Busy('no')),
  };
  service = await createService({
    services,
    functions: { sometimes, slow: () => sleep(60_000, undefined, { ref: false }) },
  });
  await call(service.endpoint, 'CreateActivity', { name: 'idle' });
});

afterAll(() => service.stop());

interface Told {
  /** Each line as `state: text`, indented by depth, with measured durations as `T`. */
  lines: string[];
  events: ApiEvent[];
}

/** Runs a definition and tells it twice: as it happens, and afterwards. */
async function tell(states: object, input: object = {}, { startAt = 'A', withDefinition = true } = {}): Promise<Told> {
  const definition = JSON.stringify({ StartAt: startAt, States: states });
  const name = `m${++names}`;
  const roleArn = 'arn:aws:iam::123456789012:role/r';
  const machine = await call(service.endpoint, 'CreateStateMachine', { name, definition, roleArn });
  expect(machine).toMatchObject({ status: 200 });
  const { body } = await call(service.endpoint, 'StartExecution', {
    stateMachineArn: machine.body.stateMachineArn,
    input: JSON.stringify(input),
  });
  const { executionArn } = body;
  const live = new Timeline(withDefinition ? { definition } : {});
  const lines: string[] = [];
  for (;;) {
    const page = await call(service.endpoint, 'GetExecutionHistory', { executionArn, maxResults: 1000 });
    const { events } = page.body as unknown as { events: ApiEvent[] };
    lines.push(...live.lines(events));
    if (/^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(events.at(-1)!.type!)) {
      expect(new Timeline(withDefinition ? { definition } : {}).lines(events)).toEqual(lines);
      return { lines: lines.map(bare), events };
    }
    await sleep(5);
  }
}

const MEASURED = /\b(after|done in|waited|SUCCEEDED in) (\d+(?:\.\d+)? (?:ms|s))/g;
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/;

/** The names here are short: their column is as wide as it is at least, or without a definition. */
const LINE = /^ *\d+\.\d{3} s {2}(.{10}|.{20}) {2}(\S.*)$/;

function bare(line: string): string {
  const [, name, text] = LINE.exec(line)!;
  const place = name!.trim() === '' ? '' : `${name!.trimEnd()}: `;
  return place + text!.replace(MEASURED, '$1 T').replace(INSTANT, 'INSTANT');
}

test('Pass, Choice and Succeed: a line each', async () => {
  const { lines } = await tell(
    {
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Variable: '$.x', NumericEquals: 1, Next: 'C' }], Default: 'D' },
      C: { Type: 'Succeed' },
      D: { Type: 'Succeed' },
    },
    { x: 1 },
  );
  expect(lines).toEqual(['execution started', 'A: passed', 'B: chose C', 'C: succeeds', 'SUCCEEDED in T']);
});

test('Fail: its error and cause', async () => {
  const { lines } = await tell({ A: { Type: 'Fail', Error: 'Empty', Cause: 'nothing in it' } });
  expect(lines).toEqual(['execution started', 'A: fails: Empty: nothing in it', 'FAILED after T: Empty']);
});

test('Wait: how long and until when, then how long it was', async () => {
  const { lines } = await tell({ A: { Type: 'Wait', Seconds: 1, End: true } });
  expect(lines).toEqual([
    'execution started',
    'A: entered, waiting 1 s, until INSTANT',
    'A: waited T',
    'SUCCEEDED in T',
  ]);
});

test('Wait by paths: through InputPath', async () => {
  const { lines } = await tell(
    {
      A: { Type: 'Wait', InputPath: '$.in', SecondsPath: '$.s', Next: 'B' },
      B: { Type: 'Wait', TimestampPath: '$.past', End: true },
    },
    { in: { s: 1, past: '2020-01-01T00:00:00Z' } },
  );
  expect(lines.slice(1, 3)).toEqual(['A: entered, waiting 1 s, until INSTANT', 'A: waited T']);
});

test('variables: their names where they are assigned', async () => {
  const assign = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`v${at}`, at]));
  const { lines } = await tell({
    A: { Type: 'Pass', Assign: assign, Next: 'B' },
    B: { Type: 'Wait', InputPath: '$v1', SecondsPath: '$v1', Next: 'C' },
    C: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } }],
      Catch: [{ ErrorEquals: ['E'], Assign: { 'error.$': '$.Error' }, Next: 'D' }],
      Next: 'D',
    },
    D: { Type: 'Succeed' },
  });
  expect(lines.slice(1, 4)).toEqual([
    'A: passed, assigned $v0, $v1, $v2, $v3, $v4 and 2 more',
    'B: entered, waiting',
    'B: waited T',
  ]);
  expect(lines).toContain('C: caught E, goes to D, assigned $error');
});

test('Wait for a time that is past: only that it was left', async () => {
  const { lines } = await tell({ A: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true } });
  expect(lines).toEqual(['execution started', 'A: waited T', 'SUCCEEDED in T']);
});

test('Task of a service: what it calls, and what it waits for', async () => {
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl: 'q', MessageBody: 'm' },
  };
  const { lines } = await tell({
    A: { ...task, Next: 'B' },
    B: {
      ...task,
      Resource: `${task.Resource}.waitForTaskToken`,
      TimeoutSeconds: 1,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'C' }],
      Next: 'C',
    },
    C: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:s3:getObject', Parameters: {}, End: true },
  });
  expect(lines).toEqual([
    'execution started',
    'A: entered, calls sqs:sendMessage',
    'A: done in T',
    'B: entered, calls sqs:sendMessage.waitForTaskToken (times out in 1 s)',
    'B: waits for its token to come back',
    'B: timed out after T',
    'B: caught States.Timeout, goes to C',
    'C: entered, calls aws-sdk:s3:getObject',
    'C: failed after T: S3.S3Exception: no (Service: S3, Status Code: 400, Request ID: ) (SDK Attempt Count: 1)',
    'FAILED after T: S3.S3Exception',
  ]);
});

test('Task that succeeds at once: two lines', async () => {
  const { lines } = await tell(
    { A: { Type: 'Task', Resource: `${RESOURCE}:sometimes`, TimeoutSeconds: 90, End: true } },
    { id: 'at once', fails: 0 },
  );
  expect(lines).toEqual([
    'execution started',
    'A: entered, calls function sometimes (times out in 1 min 30 s)',
    'A: done in T',
    'SUCCEEDED in T',
  ]);
});

test('Task with Retry: the failure, when it tries again, and the attempts', async () => {
  const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 5, BackoffRate: 1 }];
  const { lines } = await tell(
    { A: { Type: 'Task', Resource: `${RESOURCE}:sometimes`, Retry, End: true } },
    { id: 'retry', fails: 2 },
  );
  expect(lines).toEqual([
    'execution started',
    'A: entered, calls function sometimes',
    'A: failed after T: Busy: no luck, 1',
    'A: retrying in 1 s (retry 1 of 5)',
    'A: calls function sometimes, attempt 2',
    'A: failed after T: Busy: no luck, 2',
    'A: retrying in 1 s (retry 2 of 5)',
    'A: calls function sometimes, attempt 3',
    'A: done in T, at attempt 3',
    'SUCCEEDED in T',
  ]);
});

test('Retry with jitter: within the longest delay', async () => {
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1, JitterStrategy: 'FULL' }];
  const { lines } = await tell(
    { A: { Type: 'Task', Resource: `${RESOURCE}:sometimes`, Retry, End: true } },
    { id: 'jitter', fails: 1 },
  );
  expect(lines).toContain('A: retrying within 1 s (retry 1 of 1)');
});

test('Catch: what was caught, and where it goes', async () => {
  const { lines } = await tell(
    {
      A: { Type: 'Task', Resource: `${RESOURCE}:sometimes`, Catch: [{ ErrorEquals: ['Busy'], Next: 'B' }], End: true },
      B: { Type: 'Pass', End: true },
    },
    { id: 'catch', fails: 1 },
  );
  expect(lines.slice(2)).toEqual([
    'A: failed after T: Busy: no luck, 1',
    'A: caught Busy, goes to B',
    'B: passed',
    'SUCCEEDED in T',
  ]);
});

test('Task whose retries are used up: no further one is promised', async () => {
  const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const { lines } = await tell(
    { A: { Type: 'Task', Resource: `${RESOURCE}:sometimes`, Retry, End: true } },
    { id: 'used up', fails: 9 },
  );
  expect(lines.slice(-2)).toEqual(['A: failed after T: Busy: no luck, 2', 'FAILED after T: Busy']);
});

test('activity that nobody takes: scheduled, timed out', async () => {
  const { lines } = await tell({
    A: { Type: 'Task', Resource: activity('idle'), TimeoutSeconds: 1, End: true },
  });
  expect(lines).toEqual([
    'execution started',
    'A: entered, task scheduled for a worker of activity idle (times out in 1 s)',
    'A: timed out after T',
    'FAILED after T: States.Timeout',
  ]);
});

test('activity that is taken and never heard of again: taken, timed out', async () => {
  const worker = call(service.endpoint, 'GetActivityTask', { activityArn: activity('idle'), workerName: 'w' });
  const { lines } = await tell({
    A: { Type: 'Task', Resource: activity('idle'), TimeoutSeconds: 2, HeartbeatSeconds: 1, End: true },
  });
  await worker;
  expect(lines).toEqual([
    'execution started',
    'A: entered, task scheduled for a worker of activity idle (times out in 2 s, heartbeats every 1 s)',
    'A: taken by worker w after T',
    'A: timed out after T',
    'FAILED after T: States.Timeout',
  ]);
});

test('error of the data: where it was entered, and that it failed', async () => {
  const { lines } = await tell({ A: { Type: 'Pass', InputPath: '$.absent', End: true } });
  expect(lines).toEqual(['execution started', 'A: entered', 'FAILED after T: States.Runtime']);
});

describe('Map', () => {
  const map = (states: object, fields: object = {}) => ({
    Type: 'Map',
    ItemsPath: '$.items',
    MaxConcurrency: 1,
    ItemProcessor: { StartAt: 'In', States: states },
    End: true,
    ...fields,
  });

  test('says how many items it begins with; iterations are indented', async () => {
    const { lines } = await tell({ A: map({ In: { Type: 'Pass', End: true } }) }, { items: [1, 2] });
    expect(lines).toEqual([
      'execution started',
      'A: begins with 2 items',
      '  In: passed',
      '  In: passed',
      'A: done in T',
      'SUCCEEDED in T',
    ]);
  });

  test('a distributed one tells of its run, and not of its items', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1 }];
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED' },
      StartAt: 'In',
      States: { In: { Type: 'Fail', Error: 'E' } },
    };
    const { lines } = await tell({ A: map({}, { ItemProcessor, Retry }) }, { items: [1, 2] });
    const failed =
      'A: its map run failed after T: States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded';
    expect(lines).toEqual([
      'execution started',
      'A: begins with 2 items',
      failed,
      'A: retrying in 1 s (retry 1 of 1)',
      'A: begins again with 2 items, attempt 2',
      failed,
      'FAILED after T: States.ExceedToleratedFailureThreshold',
    ]);
  });

  test('an iteration that fails, and another attempt', async () => {
    const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 1 }];
    const { lines } = await tell({ A: map({ In: { Type: 'Fail', Error: 'E' } }, { Retry }) }, { items: [1] });
    expect(lines).toEqual([
      'execution started',
      'A: begins with 1 item',
      '  In: fails: E',
      'A: retrying in 1 s (retry 1 of 1)',
      'A: begins again with 1 item, attempt 2',
      '  In: fails: E',
      'A: an iteration failed: E',
      'FAILED after T: E',
    ]);
  });
});

describe('Parallel', () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: { ...state, End: true } } });
  const nap = { Type: 'Wait', Seconds: 60 };
  const fails = { Type: 'Task', Resource: `${RESOURCE}:sometimes` };

  test('branches are indented, and the state is done after the last', async () => {
    const { lines } = await tell({
      A: { Type: 'Parallel', Branches: [branch('One', { Type: 'Pass' }), branch('Two', { Type: 'Pass' })], End: true },
    });
    expect(lines).toEqual([
      'execution started',
      'A: entered, 2 branches',
      '  One: passed',
      '  Two: passed',
      'A: done in T',
      'SUCCEEDED in T',
    ]);
  });

  test('a branch fails: the others are cut off, and the failure goes to Catch', async () => {
    const { lines } = await tell(
      {
        A: {
          Type: 'Parallel',
          Branches: [branch('One', nap), branch('Two', fails), branch('Three', nap)],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
          End: true,
        },
        B: { Type: 'Succeed' },
      },
      { id: 'branch fails', fails: 1 },
    );
    expect(lines).toEqual([
      'execution started',
      'A: entered, 3 branches',
      '  One: entered, waiting 1 min, until INSTANT',
      '  Two: entered, calls function sometimes',
      '  Three: entered, waiting 1 min, until INSTANT',
      '  Two: failed after T: Busy: no luck, 1',
      '  One: cut off after T',
      '  Three: cut off after T',
      'A: a branch failed: Busy',
      'A: caught Busy, goes to B',
      'B: succeeds',
      'SUCCEEDED in T',
    ]);
  });

  test('Retry of the whole: told of the Parallel state, and its branches start again', async () => {
    const { lines } = await tell(
      {
        A: {
          Type: 'Parallel',
          Branches: [branch('One', fails), branch('Two', { Type: 'Pass' })],
          Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }],
          End: true,
        },
      },
      { id: 'whole', fails: 1 },
    );
    expect(lines).toEqual([
      'execution started',
      'A: entered, 2 branches',
      '  One: entered, calls function sometimes',
      '  Two: passed',
      '  One: failed after T: Busy: no luck, 1',
      'A: retrying in 1 s (retry 1 of 1)',
      'A: starts its branches again, attempt 2',
      '  One: entered, calls function sometimes',
      '  Two: passed',
      '  One: done in T',
      'A: done in T, at attempt 2',
      'SUCCEEDED in T',
    ]);
  });

  test('one inside another: each state at its own depth, and only what is inside is cut off', async () => {
    const inner = {
      Type: 'Parallel',
      Branches: [branch('Deep', fails), branch('Doze', nap)],
      Catch: [{ ErrorEquals: ['Busy'], Next: 'Found' }],
      Next: 'Found',
    };
    const { lines } = await tell(
      {
        A: {
          Type: 'Parallel',
          Branches: [
            branch('Nap', { Type: 'Wait', Seconds: 1 }),
            { StartAt: 'In', States: { In: inner, Found: { Type: 'Pass', End: true } } },
          ],
          End: true,
        },
      },
      { id: 'deep', fails: 1 },
    );
    expect(lines.filter((line) => !/entered|passed/.test(line))).toEqual([
      'execution started',
      '    Deep: failed after T: Busy: no luck, 1',
      '    Doze: cut off after T',
      '  In: a branch failed: Busy',
      '  In: caught Busy, goes to Found',
      '  Nap: waited T',
      'A: done in T',
      'SUCCEEDED in T',
    ]);
  });
});

test('without the definition: all but what only the definition knows', async () => {
  const { lines } = await tell({ A: { Type: 'Wait', Seconds: 1, End: true } }, {}, { withDefinition: false });
  expect(lines).toEqual(['execution started', 'A: entered, waiting', 'A: waited T', 'SUCCEEDED in T']);
});

test('events that were told already, and types that are not known, are passed over', () => {
  const timeline = new Timeline();
  const started = { id: 1, previousEventId: 0, timestamp: new Date(0), type: 'ExecutionStarted' };
  const unknown = { id: 2, previousEventId: 1, timestamp: 0.5, type: 'SomethingNew' };
  expect(timeline.lines([started])).toEqual([`   0.000 s  ${' '.repeat(20)}  execution started`]);
  expect(timeline.lines([started, unknown])).toEqual([]);
});

test('colours only when they are asked for', async () => {
  const { events } = await tell({ A: { Type: 'Fail', Error: 'Red' } });
  expect(new Timeline({ isColoured: true }).lines(events).join('\n')).toContain('\u001b[31mfails');
  expect(new Timeline().lines(events).join('\n')).not.toContain('\u001b');
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [1234, '1.23 s'],
  [59_999, '1 min'],
  [60_000, '1 min'],
  [61_400, '1 min 1 s'],
  [119_900, '2 min'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 30 min'],
  [200_000_000, '55 h 33 min'],
])('%d ms are shown as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [undefined, undefined, 'an error without a name'],
  ['E', '', 'E'],
  ['E', 'a\n  b', 'E: a b'],
  ['E', '{"errorType":"E","errorMessage":"why","trace":[]}', 'E: why'],
  ['E', '{"other":1}', 'E: {"other":1}'],
  ['E', '{no json', 'E: {no json'],
  ['E', 'x'.repeat(200), `E: ${'x'.repeat(119)}…`],
])('error %s with cause %s: %s', (error, cause, text) => {
  expect(failureText(error, cause)).toBe(text);
});
