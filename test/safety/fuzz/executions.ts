import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { breaches, disagreement, type WireEvent } from '../../lawful-history';
import type { Attack } from './attack';
import { actionRequest } from './connections';
import { create } from './definitions';
import { document } from './documents';
import { expression } from './expressions';
import { anyPath, costlyPath } from './paths';
import { Offence, type Target } from './target';
import { oddText } from './texts';

/** Executions of definitions that pass the checks, over documents that make them work hard. */

const INPUT_MAX = 262_144;
/** One that goes round and round is stopped then; one that does not move so long is stuck. */
const PATIENCE_MS = 10_000;
const STUCK_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 5;
const EXPRESS_SECONDS = 1;
const EVENTS_READ_MAX = 1_000;
/** Characters. Many times what is allowed, and far from where the server hangs up on who goes on sending. */
const DEFINITION_MAX = 16_000_000;

interface Run {
  definition: object;
  /** Whether it is waited for, in memory. */
  isExpress: boolean;
  input: string;
  /** The largest part of the input, for the report. */
  about: string;
}

const end = { Type: 'Succeed' };
const machine = (states: object) => ({ StartAt: 'S0', States: states });

/** An input with the document at `$.a` and smaller things beside it. */
const input = fc
  .tuple(
    document(INPUT_MAX - 200),
    oddText,
    fc.constantFrom<unknown>(1, -1, 0.5, 1e308, '1', null, '2020-01-01T00:00:00Z'),
  )
  .map(([{ kind, text }, s, n]) => ({
    about: `${kind}, ${text.length} characters`,
    input: `{"a":${text},"s":${JSON.stringify(s)},"n":${JSON.stringify(n)},"t":"2020-01-01T00:00:00.5+01:00"}`,
  }));

const run = (definition: fc.Arbitrary<object>): fc.Arbitrary<Run> =>
  fc
    .tuple(definition, input, fc.nat(3))
    .map(([made, given, dice]) => ({ definition: made, ...given, isExpress: dice === 0 }));

/** Pass states in a row, each with paths of its own kind. */
const passes = fc
  .record({
    paths: fc.dictionary(fc.constantFrom('InputPath', 'OutputPath'), costlyPath, { maxKeys: 2 }),
    resultPath: fc.constantFrom(undefined, null, '$.r', '$.a', '$.a.b.c', '$.a[0]', `$${'.deep'.repeat(60)}`),
    count: fc.oneof(fc.constantFrom(1, 2, 5), fc.integer({ min: 1, max: 400 })),
  })
  .map(({ paths, resultPath, count }) => {
    const state = { Type: 'Pass', ...paths, ...(resultPath !== undefined && { ResultPath: resultPath }) };
    const states = Array.from({ length: count }, (_, i) => [`S${i}`, { ...state, Next: `S${i + 1}` }]);
    return machine({ ...Object.fromEntries(states), [`S${count}`]: end });
  });

const OPERANDS: Record<string, fc.Arbitrary<unknown>> = {
  StringEquals: oddText,
  StringLessThan: fc.nat(20_000).map((length) => 'a'.repeat(length)),
  StringMatches: fc
    .tuple(
      fc.constantFrom('*', '*a', 'a*', '*a*b', '**', '\\*', '\\\\*', '(a+)+$', '*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'),
      fc.nat(3000),
    )
    .map(([unit, count]) => unit.repeat(count)),
  NumericEquals: fc.double({ noNaN: true, noDefaultInfinity: true }),
  TimestampEquals: fc.constant('2020-01-01T00:00:00Z'),
  IsTimestamp: fc.boolean(),
  IsPresent: fc.boolean(),
  IsNumeric: fc.boolean(),
  StringEqualsPath: costlyPath,
  NumericLessThanPath: costlyPath,
  TimestampGreaterThanPath: costlyPath,
};

const test = fc
  .constantFrom(...Object.keys(OPERANDS))
  .chain((operator) =>
    fc.tuple(costlyPath, OPERANDS[operator]!).map(([Variable, operand]) => ({ Variable, [operator]: operand })),
  );

/** Choice states with many rules, none of which may hold. */
const choices = fc
  .record({
    tests: fc.array(test, { minLength: 1, maxLength: 4 }),
    count: fc.oneof(fc.constantFrom(1, 3), fc.integer({ min: 1, max: 2000 })),
    joint: fc.constantFrom('none', 'And', 'Or', 'Not'),
  })
  .map(({ tests, count, joint }) => {
    const fits = Math.ceil(DEFINITION_MAX / Math.max(...tests.map((one) => JSON.stringify(one).length)));
    const many = Array.from({ length: Math.min(count, fits) }, (_, i) => tests[i % tests.length]!);
    const rules = {
      none: many.map((one) => ({ ...one, Next: 'E' })),
      Not: many.map((one) => ({ Not: { Not: one }, Next: 'E' })),
      And: [{ And: many, Next: 'E' }],
      Or: [{ Or: many, Next: 'E' }],
    }[joint as 'And'];
    return machine({ S0: { Type: 'Choice', Choices: rules, Default: 'E' }, E: end });
  });

/** States that read what they do from the input. */
const readers = fc
  .tuple(
    fc.constantFrom('SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath', 'TimeoutSecondsPath'),
    fc.oneof(anyPath, costlyPath, fc.constantFrom('$.n', '$.s', '$.t', '$.a')),
  )
  .map(([field, path]) => {
    if (field.endsWith('sPath') && field !== 'TimeoutSecondsPath')
      return machine({ S0: { Type: 'Wait', [field]: path, Next: 'E' }, E: end });
    if (field === 'TimestampPath') return machine({ S0: { Type: 'Wait', [field]: path, Next: 'E' }, E: end });
    if (field !== 'TimeoutSecondsPath') return machine({ S0: { Type: 'Fail', [field]: path } });
    const resource = 'arn:aws:lambda:us-east-1:123456789012:function:missing';
    return machine({ S0: { Type: 'Task', Resource: resource, [field]: path, End: true } });
  });

/** Parallel states that are wide, deep, or both. */
const branches = fc
  .record({
    width: fc.oneof(fc.constantFrom(1, 2, 10), fc.integer({ min: 1, max: 1500 })),
    depth: fc.integer({ min: 1, max: 60 }),
    path: fc.oneof(fc.constant('$'), costlyPath),
    last: fc.constantFrom<object>({ Type: 'Pass', End: true }, { Type: 'Succeed' }, { Type: 'Fail', Error: 'E' }),
  })
  .map(({ width, depth, path, last }) => {
    let inner: object[] = Array.from({ length: width }, (_, i) => ({ StartAt: `B${i}`, States: { [`B${i}`]: last } }));
    for (let i = 1; i < depth; i++) {
      inner = [{ StartAt: `P${i}`, States: { [`P${i}`]: { Type: 'Parallel', Branches: inner, End: true } } }];
    }
    return machine({ S0: { Type: 'Parallel', InputPath: path, ResultPath: '$.r', Branches: inner, End: true } });
  });

/** Templates that make much of the input, or nothing. */
const templates = fc
  .record({
    expressions: fc.array(expression, { minLength: 1, maxLength: 4 }),
    width: fc.oneof(fc.constantFrom(1, 3), fc.integer({ min: 1, max: 2000 })),
    depth: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 300 })),
    count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })),
    resultPath: fc.constantFrom(undefined, null, '$.r', '$.a'),
  })
  .map(({ expressions, width, depth, count, resultPath }) => {
    const fits = Math.ceil(DEFINITION_MAX / 20 / Math.max(...expressions.map((text) => text.length + 20)));
    const members = Array.from({ length: Math.min(width, fits) }, (_, i) => [
      `m${i}.$`,
      expressions[i % expressions.length],
    ]);
    let template: object = Object.fromEntries(members);
    for (let i = 0; i < depth; i++) template = i % 2 ? [template] : { t: template };
    const state = { Type: 'Pass', Parameters: template, ...(resultPath !== undefined && { ResultPath: resultPath }) };
    const states = Array.from({ length: count }, (_, i) => [`S${i}`, { ...state, Next: `S${i + 1}` }]);
    return machine({ ...Object.fromEntries(states), [`S${count}`]: end });
  });

/** Round and round, to the end of the history. */
const rings = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.oneof(fc.constant('$'), costlyPath), fc.constantFrom(null, '$.r'))
  .map(([count, path, ResultPath]) =>
    machine({
      ...Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `S${i}`,
          { Type: 'Pass', InputPath: path, ResultPath, Next: i + 1 < count ? `S${i + 1}` : 'C' },
        ]),
      ),
      C: { Type: 'Choice', Choices: [{ Variable: '$.never', IsPresent: true, Next: 'E' }], Default: 'S0' },
      E: end,
    }),
  );

export const executions: Attack<Run> = {
  what: fc.oneof(
    { weight: 4, arbitrary: run(passes) },
    { weight: 4, arbitrary: run(choices) },
    { weight: 2, arbitrary: run(readers) },
    { weight: 2, arbitrary: run(branches) },
    { weight: 4, arbitrary: run(templates) },
    { weight: 1, arbitrary: run(rings) },
  ),
  show: ({ definition, about, isExpress }) =>
    `${JSON.stringify(definition).slice(0, 1500)} over ${about}${isExpress ? ', waited for' : ''}`,
  async run(target, { definition, input: given, isExpress }) {
    if (isExpress) return runExpress(target, definition, given);
    const stateMachineArn = await create(target, JSON.stringify(definition));
    if (stateMachineArn === undefined) return;
    const { status, body } = await target.send(actionRequest('StartExecution', { stateMachineArn, input: given }));
    if (status !== 200) {
      if (/#(InvalidExecutionInput|ValidationException)"/.test(body)) return;
      throw new Offence('an execution does not start', body.slice(0, 300));
    }
    await checkEnd(target, JSON.parse(body).executionArn);
  },
};

/** It ends, in time; and its answer says how. */
async function runExpress(target: Target, definition: object, input: string): Promise<void> {
  const text = JSON.stringify({ ...definition, TimeoutSeconds: EXPRESS_SECONDS });
  const stateMachineArn = await create(target, text, 'EXPRESS');
  if (stateMachineArn === undefined) return;
  const { status, body } = await target.send(actionRequest('StartSyncExecution', { stateMachineArn, input }));
  if (status !== 200 && /#(InvalidExecutionInput|ValidationException)"/.test(body)) return;
  const answer = status === 200 ? JSON.parse(body) : {};
  const isWhole =
    answer.status === 'SUCCEEDED'
      ? answer.output !== undefined && answer.error === undefined
      : /^(FAILED|TIMED_OUT)$/.test(answer.status) && answer.output === undefined;
  const tookMs = Math.round((answer.stopDate - answer.startDate) * 1000);
  if (isWhole && tookMs >= 0 && tookMs <= EXPRESS_SECONDS * 1000) return;
  throw new Offence('an execution that is waited for does not end as it should', body.slice(0, 300));
}

/** It ends, or waits for a time; and its history is lawful. */
async function checkEnd(target: Target, executionArn: string): Promise<void> {
  const stopMs = Date.now() + PATIENCE_MS;
  let movedMs = Date.now();
  let newestId = 0;
  let described = await ask(target, 'DescribeExecution', { executionArn });
  while (described.status === 'RUNNING') {
    const [last] = (await ask(target, 'GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 }))
      .events;
    if (last.id > newestId) movedMs = Date.now();
    newestId = last.id;
    if (Date.now() > movedMs + STUCK_AFTER_MS)
      throw new Offence('an execution does not end', JSON.stringify(last).slice(0, 300));
    if (last.type === 'WaitStateEntered' || (Date.now() > stopMs && Date.now() < movedMs + PATIENCE_MS)) {
      await ask(target, 'StopExecution', { executionArn });
    } else await sleep(LOOK_EVERY_MS);
    described = await ask(target, 'DescribeExecution', { executionArn });
  }
  const page = await ask(target, 'GetExecutionHistory', { executionArn, maxResults: EVENTS_READ_MAX });
  if (page.nextToken !== undefined) return;
  const events: WireEvent[] = page.events;
  const [breach] = breaches(events, true);
  if (breach) throw new Offence('a history that is not lawful', breach);
  const disagrees = disagreement(described, events.at(-1)!);
  if (disagrees) throw new Offence('DescribeExecution disagrees with the history', disagrees.slice(0, 300));
}

// biome-ignore lint/suspicious/noExplicitAny: the wire is untyped.
async function ask(target: Target, action: string, body: object): Promise<any> {
  const answer = await target.send(actionRequest(action, body));
  if (answer.status !== 200) throw new Offence(`${action} is refused`, answer.body.slice(0, 300));
  return JSON.parse(answer.body);
}
