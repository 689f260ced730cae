import fc from 'fast-check';
import { definitions } from '../engine/random-machine';
import {
  ACTIVITY,
  activity,
  distributed,
  type Fields,
  fail,
  lambda,
  machine,
  map,
  parallel,
  pass,
  wait,
} from '../engine/scenario';

/** A state machine of the simulation. */
export interface SimulatedMachine {
  name: string;
  definition: string;
  /** Its executions end the same however long things take and whatever fails on the way. */
  isSteady: boolean;
  /** Its tasks all have a deadline: one that is lost on the way to a worker does not hold it for ever. */
  hasDeadlines: boolean;
  /** Its executions start others. */
  startsOthers?: true;
}

export const SLEEPER = 'sleeper';
export const SLEEPS_MS = 3_600_000;
export const ACTIVITY_NAME = ACTIVITY.slice(ACTIVITY.lastIndexOf(':') + 1);

const onFailure = (Next: string): Fields => ({
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.caught', Next }],
});
const retried: Fields = { Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 1, MaxAttempts: 2 }] };
/** However often it is lost with its worker, it is offered again, until a worker has answered. What it says is dropped. */
const patient: Fields = {
  TimeoutSeconds: 300,
  HeartbeatSeconds: 20,
  ResultPath: null,
  Retry: [
    {
      ErrorEquals: ['States.Timeout', 'States.HeartbeatTimeout'],
      IntervalSeconds: 1,
      BackoffRate: 1,
      MaxAttempts: 1000,
    },
  ],
};
/** Nothing but a missed heartbeat tells that its worker is gone. */
const watched: Fields = { ...patient, TimeoutSeconds: undefined };
const forgiven = (Next: string): Fields => ({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next }] });

/** Functions in a row, each begun with the result of the one before; the last is told with what a variable kept of the first. */
const order = machine({
  Reserve: lambda({
    ...retried,
    ...onFailure('Sorry'),
    Assign: { 'reserved.$': '$' },
    ResultPath: '$.a',
    Next: 'Charge',
  }),
  Charge: lambda({ ...onFailure('Sorry'), ResultPath: '$.b', Next: 'Which' }),
  Which: {
    Type: 'Choice',
    Choices: [{ Variable: '$.kind', NumericEquals: 0, Next: 'Ship' }],
    Default: 'Later',
  },
  Later: wait({ Seconds: 2, Next: 'Ship' }),
  Ship: lambda({ ResultSelector: { 'result.$': '$', 'reserved.$': '$reserved' }, ResultPath: '$.c' }),
  Sorry: pass({ Result: 'sorry', ResultPath: '$.end' }),
});

const approval = machine({
  Ask: activity({ ...watched, ...forgiven('Refused'), Next: 'Do' }),
  Do: lambda({ ...onFailure('Refused'), ResultPath: '$.done' }),
  Refused: pass({ Result: 'refused', ResultPath: '$.end' }),
});

const fanOut = machine({
  All: parallel(
    [
      {
        A: lambda({ ...onFailure('A2'), ResultPath: '$.a', Next: 'A2' }),
        A2: lambda({ ...onFailure('A3'), ResultPath: '$.b' }),
        A3: pass(),
      },
      { B: activity({ ...patient, ...forgiven('B2'), Next: 'B2' }), B2: pass() },
      { C: wait({ Seconds: 3, Next: 'C2' }), C2: activity({ ...patient, ...forgiven('C3') }), C3: pass() },
    ],
    { ResultPath: '$.all', Next: 'Last' },
  ),
  Last: lambda({ ...onFailure('End'), ResultPath: '$.last' }),
  End: pass(),
});

/** One branch fails while the others are at work. */
const race = machine({
  All: parallel(
    [
      { A: wait({ Seconds: 4, Next: 'A2' }), A2: fail('Lost', 'of four seconds') },
      { B: activity({ ...patient, ...forgiven('B2'), Next: 'B2' }), B2: wait({ Seconds: 600 }) },
      { C: lambda({ ...onFailure('C2'), Next: 'C2' }), C2: wait({ Seconds: 600 }) },
    ],
    { ...onFailure('After'), Next: 'After' },
  ),
  After: pass(),
});

const itemIs = (NumericEquals: number, Next: string): Fields => ({ Variable: '$.item', NumericEquals, Next });
const items = (count: number, Next: string): Fields =>
  pass({ Result: Array.from({ length: count }, (_, at) => at), ResultPath: '$.items', Next });
const perItem: Fields = {
  ItemsPath: '$.items',
  ItemSelector: { 'id.$': '$.id', 'item.$': '$$.Map.Item.Value' },
};

/** Iterations that do different things, two at a time, each with a variable of its own. */
const forEach = machine({
  Items: { ...items(6, 'Each'), Assign: { batch: 'b' } },
  Each: map(
    {
      Mine: pass({ Assign: { 'mine.$': "States.Format('{}{}', $batch, $.item)" }, Next: 'Which' }),
      Which: { Type: 'Choice', Choices: [itemIs(1, 'Ask'), itemIs(2, 'Later')], Default: 'Do' },
      Ask: activity({ ...patient, ...forgiven('Did'), Next: 'Do' }),
      Later: wait({ Seconds: 2, Next: 'Do' }),
      Do: lambda({ ...retried, ...onFailure('Did'), ResultPath: '$.done', Next: 'Did' }),
      Did: pass({ Parameters: { 'of.$': '$', 'index.$': '$$.Map.Item.Index', 'mine.$': '$mine' } }),
    },
    { ...perItem, MaxConcurrency: 2, ResultPath: '$.each', Next: 'Last' },
  ),
  Last: lambda({ ...onFailure('End'), ResultPath: '$.last' }),
  End: pass(),
});

/** One iteration fails while others are at work, and others were not begun. */
const eachRace = machine({
  Items: items(5, 'Each'),
  Each: map(
    {
      Which: { Type: 'Choice', Choices: [itemIs(0, 'A'), itemIs(1, 'B')], Default: 'C' },
      A: wait({ Seconds: 4, Next: 'A2' }),
      A2: fail('Lost', 'of four seconds'),
      B: activity({ ...patient, ...forgiven('B2'), Next: 'B2' }),
      B2: wait({ Seconds: 600 }),
      C: lambda({ ...onFailure('C2'), Next: 'C2' }),
      C2: wait({ Seconds: 600 }),
    },
    {
      ...perItem,
      MaxConcurrency: 3,
      Retry: [{ ErrorEquals: ['Lost'], IntervalSeconds: 1, MaxAttempts: 1 }],
      ...onFailure('After'),
      Next: 'After',
    },
  ),
  After: pass(),
});

export const APART = 'each-apart';
export const APART_ITEMS = 5;

/** Items that run as executions of their own, two at a time. One of them fails, which is tolerated. */
const eachApart = machine({
  Items: items(APART_ITEMS, 'Each'),
  Each: distributed(
    {
      Which: {
        Type: 'Choice',
        Choices: [itemIs(1, 'Ask'), itemIs(2, 'Later'), itemIs(3, 'Fail')],
        Default: 'Do',
      },
      Ask: activity({ ...patient, ...forgiven('Did'), Next: 'Do' }),
      Later: wait({ Seconds: 2, Next: 'Do' }),
      Fail: fail('Three', 'it is three'),
      Do: lambda({ ...retried, ...onFailure('Did'), ResultPath: '$.done', Next: 'Did' }),
      Did: pass({ Parameters: { 'of.$': '$' } }),
    },
    { ...perItem, Label: 'each', MaxConcurrency: 2, ToleratedFailureCount: 1, ResultPath: '$.each', Next: 'Last' },
  ),
  Last: lambda({ ...onFailure('End'), ResultPath: '$.last' }),
  End: pass(),
});

export const APART_RACE = 'each-apart-race';
/** The auditor looks at each once more before. */
export const CHILD_SLEEPS_MS = 2 * SLEEPS_MS;

/** One child fails while others are at work or sleep long, and others were not begun: those that were are stopped. */
const eachApartRace = machine({
  Items: items(6, 'Each'),
  Each: distributed(
    {
      Which: { Type: 'Choice', Choices: [itemIs(0, 'A'), itemIs(1, 'B')], Default: 'C' },
      A: wait({ Seconds: 4, Next: 'A2' }),
      A2: fail('Lost', 'of four seconds'),
      B: activity({ ...patient, ...forgiven('B2'), Next: 'B2' }),
      B2: wait({ Seconds: CHILD_SLEEPS_MS / 1000 }),
      C: wait({ Seconds: CHILD_SLEEPS_MS / 1000 }),
    },
    {
      ...perItem,
      MaxConcurrency: 4,
      Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], IntervalSeconds: 1, MaxAttempts: 1 }],
      ...onFailure('After'),
      Next: 'After',
    },
  ),
  After: pass(),
});

/** More iterations than go into one burst. */
const eachLong = machine({
  Items: items(300, 'Each'),
  Each: map({ P: pass() }, { ...perItem, ResultPath: '$.each', ResultSelector: { 'all.$': '$[*].item' }, Next: 'F' }),
  F: lambda({ ...onFailure('End'), ResultPath: '$.f', Next: 'End' }),
  End: pass(),
});

/** Longer than one burst. */
const chain = machine({
  ...Object.fromEntries(
    Array.from({ length: 260 }, (_, at) => [`P${at}`, pass({ Next: at < 259 ? `P${at + 1}` : 'F' })]),
  ),
  F: lambda({ ...onFailure('End'), ResultPath: '$.f', Next: 'End' }),
  End: pass(),
});

/** Deadlines that are met or missed by chance. */
const hurried = machine(
  {
    Wait: wait({ Seconds: 2, Next: 'Quick' }),
    Quick: activity({ TimeoutSeconds: 8, HeartbeatSeconds: 3, ...onFailure('Both'), ResultPath: '$.q', Next: 'Both' }),
    Both: parallel(
      [
        { A: activity({ TimeoutSeconds: 30, HeartbeatSeconds: 4, Retry: [{ ErrorEquals: ['States.ALL'] }] }) },
        { B: lambda({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }) },
      ],
      { ...onFailure('End'), ResultPath: '$.both', Next: 'End' },
    ),
    End: pass(),
  },
  { TimeoutSeconds: 90 },
);

const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const NESTED = 'arn:aws:states:::states:startExecution';
const asked = (fields: Fields): Fields => ({
  Type: 'Task',
  Resource: CALLBACK,
  Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token', 'input.$': '$' } },
  ...fields,
});
const nested = (name: string, suffix: string, fields: Fields): Fields => ({
  Type: 'Task',
  Resource: `${NESTED}${suffix}`,
  Parameters: {
    StateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
    Input: { 'id.$': '$.id', 'kind.$': '$.kind', a: { b: 1 } },
  },
  ...fields,
});

/** Somebody answers with a token, who may be lost, or answer while the call is still under way. */
const callback = machine({
  Ask: asked({ ...watched, ...forgiven('Refused'), Next: 'Then' }),
  Then: asked({ ...patient, ...forgiven('Refused'), Next: 'End' }),
  Refused: pass({ Result: 'refused', ResultPath: '$.end', Next: 'End' }),
  End: pass(),
});

/** Executions that start others and wait for them, beside each other and one in another. */
const parent = machine({
  First: nested('order', '.sync:2', {
    ...forgiven('Both'),
    ResultSelector: { 'status.$': '$.Status', 'output.$': '$.Output' },
    ResultPath: '$.first',
    Next: 'Both',
  }),
  Both: parallel(
    [
      {
        A: nested('callback', '.sync', {
          ...forgiven('A2'),
          ResultSelector: { 'status.$': '$.Status' },
          ResultPath: '$.a',
          Next: 'A2',
        }),
        A2: pass(),
      },
      { B: nested('chain', '', { ...forgiven('B2'), ResultPath: null, Next: 'B2' }), B2: pass() },
    ],
    { ResultPath: '$.both', Next: 'End' },
  ),
  End: pass(),
});

/** Gives up one that it started, by a deadline, and then another, by a branch that fails. */
const abandons = machine({
  Late: nested(SLEEPER, '.sync', { TimeoutSeconds: 5, ...forgiven('Both'), ResultPath: null, Next: 'Both' }),
  Both: parallel(
    [
      { A: wait({ Seconds: 4, Next: 'A2' }), A2: fail('Lost', 'of four seconds') },
      { B: nested(SLEEPER, '.sync:2', { ResultPath: null, Next: 'B2' }), B2: pass() },
    ],
    { ...onFailure('End'), Next: 'End' },
  ),
  End: pass({ InputPath: '$.id' }),
});

/** Sleeps long: whoever deletes its state machine ends it. */
const sleeper = machine({ Sleep: wait({ Seconds: SLEEPS_MS / 1000, Next: 'End' }), End: pass() });

/** Longer than a queue holds a message back, and hardly longer. */
const nap = machine({ Sleep: wait({ Seconds: 905, Next: 'End' }), End: pass() });

/** As `patient`, in JSONata: what a worker says is dropped, but for whether it refused. */
const heard = (Next: string): Fields => ({
  ...patient,
  ResultPath: undefined,
  TimeoutSeconds: '{% 100 * $steps %}',
  Assign: { heard: 'yes' },
  Output: '{% $states.input %}',
  Catch: [{ ErrorEquals: ['States.ALL'], Assign: { heard: 'no' }, Output: '{% $states.input %}', Next }],
  Next,
});

const told: Fields = { of: '{% $states.input %}', steps: '{% $steps %}', reserved: '{% $reserved %}' };

/** In JSONata: what is evaluated pauses, and dice of the world are thrown on the way. What it assigns it tells at the end. */
const query = machine(
  {
    Reserve: lambda({
      ...retried,
      Arguments: '{% $states.input %}',
      Assign: {
        id: '{% $states.input.id %}',
        reserved: '{% $string($states.result) %}',
        steps: '{% 1 + $states.input.kind %}',
      },
      Output: { id: '{% $states.input.id %}', result: '{% $states.result %}' },
      Catch: [{ ErrorEquals: ['States.ALL'], Output: { caught: '{% $states.errorOutput.Error %}' }, Next: 'Sorry' }],
      Next: 'Each',
    }),
    Each: map(
      {
        Look: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'Large' }],
          Default: 'Small',
        },
        Large: pass({ Output: '{% $reserved %}' }),
        Small: pass(),
      },
      {
        Items: '{% [1..3] %}',
        ItemSelector: { n: '{% $states.context.Map.Item.Value %}' },
        Output: { each: '{% $count($states.result) %}', first: '{% $states.result[0].n %}' },
        Next: 'Wait',
      },
    ),
    Wait: wait({ Seconds: '{% $states.input.each %}', Assign: { steps: '{% $steps + 2 %}' }, Next: 'Both' }),
    Both: parallel(
      [
        {
          Ask: activity({ ...heard('Heard'), Arguments: '{% [$id, $reserved, $steps] %}' }),
          Heard: pass({ Output: { asked: '{% $heard %}', of: '{% $states.input %}' } }),
        },
        {
          Mine: pass({ Assign: { mine: '{% $reserved & " is mine" %}' }, Next: 'Nap' }),
          Nap: wait({ Seconds: '{% $steps %}', Next: 'Tell' }),
          Tell: asked({
            ...heard('Told'),
            Parameters: undefined,
            Arguments: {
              QueueUrl: 'q',
              MessageBody: { token: '{% $states.context.Task.Token %}', input: '{% [$id, $mine, $steps] %}' },
            },
          }),
          Told: pass({ Output: { told: '{% $heard %}', mine: '{% $mine %}' } }),
        },
      ],
      {
        Assign: { steps: '{% $steps + 1 %}' },
        Output: { both: '{% $states.result %}', before: '{% $states.input %}' },
        Next: 'Ship',
      },
    ),
    Ship: lambda({
      Arguments: { id: '{% $id %}', steps: '{% $steps %}', reserved: '{% $reserved %}' },
      Output: { ...told, shipped: '{% $states.result %}' },
      Catch: [{ ErrorEquals: ['States.ALL'], Output: told, Next: 'Shipped' }],
    }),
    Shipped: pass(),
    Sorry: pass({ Output: '{% $states.input.caught %}' }),
  },
  { QueryLanguage: 'JSONata' },
);

const steady = (name: string, definition: string): SimulatedMachine => ({
  name,
  definition,
  isSteady: true,
  hasDeadlines: true,
});

export const MACHINES: readonly SimulatedMachine[] = [
  steady('order', order),
  steady('approval', approval),
  steady('fan-out', fanOut),
  steady('race', race),
  steady('chain', chain),
  steady('for-each', forEach),
  steady('each-race', eachRace),
  steady('each-long', eachLong),
  { ...steady(APART, eachApart), startsOthers: true },
  { ...steady(APART_RACE, eachApartRace), startsOthers: true },
  steady(SLEEPER, sleeper),
  steady('nap', nap),
  steady('query', query),
  steady('callback', callback),
  { ...steady('parent', parent), startsOthers: true },
  { ...steady('abandons', abandons), startsOthers: true },
  { name: 'hurried', definition: hurried, isSteady: false, hasDeadlines: true },
];

/** A machine of chance. Where its definition sets no deadline, a task may wait for ever. */
export function randomMachine(seed: number): SimulatedMachine {
  const [definition] = fc.sample(definitions, { seed, numRuns: 1 });
  return { name: 'random', definition: definition!, isSteady: false, hasDeadlines: false };
}

/** The input of the execution with that number. */
export const inputOf = (machineName: string, number: number): string =>
  JSON.stringify({ id: `${machineName}-${number}`, kind: number % 2, a: { b: 1 } });

/** What a function (a worker) makes of an input: always the same, so that outcomes can be compared. */
export function isRefusing(input: string, oneOf: number): boolean {
  let hash = 7;
  for (let at = 0; at < input.length; at++) hash = (Math.imul(hash, 31) + input.charCodeAt(at)) >>> 0;
  return (hash ^ (hash >>> 13)) % oneOf === 0;
}
