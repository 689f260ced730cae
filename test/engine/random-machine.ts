import fc from 'fast-check';
import { ACTIVITY, FUNCTION } from './scenario';

/** Small definitions, and what may happen to them, for properties that hold for all. */

type Fields = Record<string, unknown>;
/** What a state is, before it has a name and a successor. */
export type Block =
  | { kind: 'pass' | 'wait' | 'task' | 'succeed' | 'fail'; fields: Fields }
  | { kind: 'choice' }
  | { kind: 'parallel'; fields: Fields; branches: Block[][] }
  | { kind: 'map'; fields: Fields; items: unknown[]; blocks: Block[]; config?: Fields };

const LONG = 'long '.repeat(300);
const json = fc.constantFrom<unknown>(0, 'short', LONG, { a: 1 }, { a: { b: LONG } }, [1, 'x'], true, {});
const resultPath = fc.constantFrom<Fields>(
  {},
  { ResultPath: '$' },
  { ResultPath: '$.r' },
  { ResultPath: null },
  { ResultPath: '$.a.b' },
);
const paths = fc.constantFrom<Fields>(
  {},
  {},
  {},
  {},
  { InputPath: null },
  { OutputPath: '$.a' },
  { InputPath: '$..a' },
);
const parameters = fc.constantFrom<Fields>(
  {},
  {},
  {},
  { Parameters: { 'all.$': '$$', 'in.$': '$', k: LONG } },
  { Parameters: { 'shared.$': '$shared', 'first.$': '$shared.list[0]' } },
  { Parameters: { 'id.$': "States.Format('{}-{}', States.UUID(), $$.State.EnteredTime)" } },
);
const resultSelector = fc.constantFrom<Fields>(
  {},
  {},
  {},
  { ResultSelector: { 'r.$': '$', 'n.$': '$$.State.RetryCount', 't.$': '$$.State.EnteredTime' } },
  { ResultSelector: { 'n.$': 'States.ArrayLength($)' } },
);
/** What the variable of the scope is to hold; `$shared` is one of the machine's own. */
const assign = fc.constantFrom<Fields>(
  {},
  {},
  { Assign: { 'in.$': '$', 'of.$': '$$.State.Name' } },
  { Assign: { long: LONG, 'shared.$': '$shared' } },
  { Assign: 1 },
);
const seconds = fc.constantFrom(1, 2, 5, 30);

const retry = fc.constantFrom<Fields>(
  {},
  {},
  { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }] },
  {
    Retry: [
      { ErrorEquals: ['F'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 3, JitterStrategy: 'FULL' },
    ],
  },
);
/** Which of the errors are caught; the target is filled in with the name of the next state. */
const caught = fc.constantFrom<Fields>(
  {},
  {},
  { Catch: ['E'] },
  { Catch: ['States.ALL'] },
  { Catch: ['States.Timeout'] },
);

const merged = (...parts: fc.Arbitrary<Fields>[]): fc.Arbitrary<Fields> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all));

const pass = merged(
  resultPath,
  paths,
  parameters,
  assign,
  fc.option(json, { nil: undefined }).map((Result): Fields => (Result === undefined ? {} : { Result })),
);
const task = merged(
  resultPath,
  paths,
  parameters,
  resultSelector,
  retry,
  caught,
  assign,
  fc.constantFrom<Fields>({ Resource: ACTIVITY }, { Resource: FUNCTION }),
  fc.constantFrom<Fields>(
    {},
    { TimeoutSeconds: 10 },
    { TimeoutSeconds: 20, HeartbeatSeconds: 4 },
    { HeartbeatSeconds: 3 },
  ),
);

/** Tasks that fail no branch. */
const sturdyTask = merged(
  retry,
  fc.constantFrom<Fields>({ Resource: ACTIVITY }, { Resource: FUNCTION }),
  fc.constantFrom<Fields>({}, { TimeoutSeconds: 20 }, { HeartbeatSeconds: 3 }),
).map((fields): Block => ({ kind: 'task', fields: { ...fields, ResultPath: '$.r', Catch: ['States.ALL'] } }));
const longWait = fc.constant<Block>({ kind: 'wait', fields: { Seconds: 30 } });

const { block } = fc.letrec<{ block: Block; blocks: Block[] }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('task' as const), fields: task }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), fields: pass }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), fields: seconds.map((Seconds) => ({ Seconds })) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'choice' as const }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Block>(
        { kind: 'succeed', fields: {} },
        { kind: 'fail', fields: { Error: 'E', Cause: LONG } },
      ),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('parallel' as const),
        fields: merged(resultPath, paths, parameters, resultSelector, retry, caught, assign),
        branches: fc.array(tie('blocks'), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('map' as const),
        fields: merged(
          resultPath,
          retry,
          caught,
          assign,
          fc.constantFrom<Fields>({}, { MaxConcurrency: 1 }, { MaxConcurrency: 2 }),
        ),
        items: fc.array(json, { maxLength: 5 }),
        blocks: tie('blocks'),
      }),
    },
  ),
  blocks: fc.array(tie('block'), { minLength: 1, maxLength: 4 }),
}));

export const definitions = fc
  .tuple(fc.array(block, { minLength: 1, maxLength: 5 }), fc.constantFrom<Fields>({}, {}, { TimeoutSeconds: 60 }))
  .map(([blocks, fields]) => JSON.stringify({ ...sharing(namedStates(blocks, 'S')), ...fields }));

/** What all scopes read is assigned first. */
function sharing({ StartAt, States }: Fields): Fields {
  const V = { Type: 'Pass', Assign: { shared: { list: [LONG, 'short'] } }, Next: StartAt };
  return { StartAt: 'V', States: { V, ...(States as Fields) } };
}

/** Machines of many branches at a time, whose snapshots are too large to be written whole at each step. */
export const wideDefinitions = fc
  .array(fc.array(fc.oneof(sturdyTask, sturdyTask, longWait), { minLength: 1, maxLength: 2 }), {
    minLength: 30,
    maxLength: 60,
  })
  .map((branches): Block => ({ kind: 'parallel', fields: {}, branches }))
  .map((wide) => JSON.stringify(namedStates([wide], 'S')));

/** Machines that go through many items, of which few are under way at once and long texts come out. */
export const longDefinitions = fc
  .record({
    kind: fc.constant('map' as const),
    fields: fc.constantFrom<Fields>({}, { MaxConcurrency: 3 }),
    items: fc.array(fc.constantFrom<unknown>({ v: LONG }, { v: LONG }, { v: 1 }), { minLength: 50, maxLength: 90 }),
    blocks: fc.array(sturdyTask, { minLength: 1, maxLength: 2 }),
  })
  .map((long: Block) => JSON.stringify(namedStates([long], 'S')));

const apart = fc.record({
  kind: fc.constant('map' as const),
  config: fc.constant({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }),
  fields: merged(
    resultPath,
    fc.constantFrom<Fields>({}, { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }),
    caught,
    fc.constantFrom<Fields>({}, { MaxConcurrency: 1 }, { MaxConcurrency: 3 }),
    fc.constantFrom<Fields>({}, { ToleratedFailureCount: 2 }, { ToleratedFailurePercentage: 50 }),
  ),
  items: fc.array(json, { maxLength: 12 }),
  blocks: fc.constant<Block[]>([{ kind: 'pass', fields: {} }]),
});

/** Machines whose items are executions of their own, beside other work and in branches. */
export const apartDefinitions = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: apart },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('parallel' as const),
          fields: merged(resultPath, retry, caught),
          branches: fc.array(fc.array(fc.oneof(apart, apart, sturdyTask, longWait), { minLength: 1, maxLength: 2 }), {
            minLength: 1,
            maxLength: 3,
          }),
        }),
      },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((blocks) => JSON.stringify(namedStates(blocks, 'S')));

/** A chain of states; a block that ends it early leaves the rest out. */
function namedStates(blocks: Block[], prefix: string): Fields {
  const end = blocks.findIndex(({ kind }) => kind === 'succeed' || kind === 'fail');
  const chain = end < 0 ? blocks : blocks.slice(0, end + 1);
  // Others lead on to the next state, so a plain one stands last.
  const states: Record<string, Fields> = end < 0 ? { [`${prefix}z`]: { Type: 'Pass', End: true } } : {};
  let next = `${prefix}z`;
  for (const [index, item] of [...chain.entries()].reverse()) {
    const name = `${prefix}${index}`;
    states[name] = assigning(stateOf(item, name, next), `v${prefix.replaceAll('.', '_')}`);
    next = name;
    if (item.kind !== 'map') continue;
    next = `${name}i`;
    states[next] = { Type: 'Pass', Result: item.items, Next: name };
  }
  return { StartAt: next, States: states };
}

/** Each scope has a variable that no other one has; catchers assign it too. */
function assigning({ Assign, ...state }: Fields, variable: string): Fields {
  if (Assign === undefined) return state;
  const Catch = (state.Catch as Fields[] | undefined)?.map((catcher) => ({
    ...catcher,
    Assign: { [`${variable}.$`]: '$.Error' },
  }));
  return { ...state, Assign: { [variable]: Assign }, ...(Catch && { Catch }) };
}

function stateOf(item: Block, name: string, next: string): Fields {
  switch (item.kind) {
    case 'choice':
      return { Type: 'Choice', Choices: [{ Variable: '$..a', IsPresent: true, Next: next }], Default: next };
    case 'succeed':
      return { Type: 'Succeed' };
    case 'fail':
      return { Type: 'Fail', ...item.fields };
    case 'pass':
      return { Type: 'Pass', ...item.fields, Next: next };
    case 'wait':
      return { Type: 'Wait', ...item.fields, Next: next };
    case 'task':
      return { Type: 'Task', ...withTarget(item.fields, next), Next: next };
    case 'parallel': {
      const branches = item.branches.map((blocks, index) => namedStates(blocks, `${name}.${index}.`));
      return { Type: 'Parallel', ...withTarget(item.fields, next), Branches: branches, Next: next };
    }
    case 'map': {
      const { config: ProcessorConfig } = item;
      const ItemProcessor = { ...(ProcessorConfig && { ProcessorConfig }), ...namedStates(item.blocks, `${name}.`) };
      return { Type: 'Map', ...withTarget(item.fields, next), ItemProcessor, Next: next };
    }
  }
}

function withTarget({ Catch, ...fields }: Fields, Next: string): Fields {
  return Catch === undefined ? fields : { ...fields, Catch: [{ ErrorEquals: Catch, ResultPath: '$.caught', Next }] };
}

/** What happens next; `which` picks among the tasks, `late` is what comes for tasks that may be gone. */
export type Happening =
  | { does: 'take' | 'beat' | 'late' | 'twice'; which: number }
  | { does: 'succeed'; which: number; output: string; offer: boolean }
  | { does: 'fail'; which: number; error: string | undefined }
  | { does: 'wind'; seconds: number }
  | { does: 'ring' | 'fence' | 'stop' };

const which = fc.nat(1000);
const output = json.map((value) => JSON.stringify(value));

export const happenings = fc.array(
  fc.oneof<{ arbitrary: fc.Arbitrary<Happening>; weight: number }[]>(
    { weight: 12, arbitrary: fc.record({ does: fc.constant('take' as const), which }) },
    { weight: 9, arbitrary: fc.record({ does: fc.constant('succeed' as const), which, output, offer: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constant('fail' as const), which, error: fc.constantFrom('E', 'F', undefined) }),
    },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('wind' as const), seconds }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constantFrom('beat' as const, 'late' as const, 'twice' as const), which }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('ring' as const, 'fence' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
);
