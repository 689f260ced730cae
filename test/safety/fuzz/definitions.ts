import fc from 'fast-check';
import { activityArn, functionArn, ROLE_ARN } from '../wire';
import type { Attack } from './attack';
import { actionRequest } from './connections';
import { bytesUpTo, document } from './documents';
import { expression } from './expressions';
import { anyPath } from './paths';
import { Offence, type Target } from './target';
import { builtInName, oddText } from './texts';

/** Hostile definitions: as large, deep and wrong as they can be. */

const DEFINITION_MAX = 1_048_576;

export async function create(target: Target, definition: string, type?: 'EXPRESS'): Promise<string | undefined> {
  const machine = { name: target.unique(), roleArn: ROLE_ARN, definition, type };
  const request = actionRequest('CreateStateMachine', machine);
  const { status, body } = await target.send(request);
  if (status === 200) return JSON.parse(body).stateMachineArn;
  if (!/#(InvalidDefinition|ValidationException|RequestEntityTooLarge)"/.test(body)) {
    throw new Offence('a definition is refused for another reason', `${status} ${body.slice(0, 300)}`);
  }
  return undefined;
}

/** As many units as fit. */
function fill(bytes: number, unit: (index: number) => string, joint = ','): string {
  const count = Math.max(1, Math.floor(bytes / (unit(99).length + joint.length)));
  return Array.from({ length: count }, (_, index) => unit(index)).join(joint);
}

const machine = (states: string, startAt = 's0') => `{"StartAt":"${startAt}","States":{${states}}}`;
const one = (state: string) => machine(`"s0":${state}`);
const choice = (rules: string) =>
  `{"StartAt":"s0","States":{"s0":{"Type":"Choice","Choices":[${rules}],"Default":"e"},"e":{"Type":"Succeed"}}}`;
const task = `"Type":"Task","Resource":"${functionArn('f')}"`;
const around = (count: number, open: string, core: string, close: string) =>
  open.repeat(count) + core + close.repeat(count);

type Make = (bytes: number) => string;

const LARGE: Record<string, Make> = {
  'a chain of passes': (bytes) => chain(bytes, '{"Type":"Succeed"}'),
  'a ring of passes': (bytes) => chain(bytes, '{"Type":"Pass","Next":"s0"}'),
  'states that nothing leads to': (bytes) => machine(fill(bytes, (i) => `"s${i}":{"Type":"Succeed"}`)),
  'missing targets': (bytes) => machine(fill(bytes, (i) => `"s${i}":{"Type":"Pass","Next":"?${i}"}`)),
  'states without a type': (bytes) => machine(fill(bytes, (i) => `"s${i}":{}`)),
  'states of no type': (bytes) => machine(fill(bytes, (i) => `"s${i}":{"Type":"?"}`)),
  'states that are none': (bytes) => machine(fill(bytes, (i) => `"s${i}":0`)),
  'states of one name': (bytes) => machine(fill(bytes, () => `"s0":{"Type":"Succeed"}`)),
  'long names': (bytes) => machine(fill(bytes, (i) => `"${'n'.repeat(10_000)}${i}":{"Type":"Succeed"}`)),
  'unknown fields': (bytes) => `{${fill(bytes, (i) => `"f${i}":0`)},"StartAt":"s0","States":{}}`,
  'unknown fields of a state': (bytes) => one(`{"Type":"Pass","End":true,${fill(bytes, (i) => `"f${i}":0`)}}`),
  'fields of the wrong type': (bytes) =>
    machine(fill(bytes, (i) => `"s${i}":{"Type":"Task","Resource":0,"Retry":0,"Catch":[0,0,0],"Next":0}`)),
  'many choices': (bytes) => choice(fill(bytes, (i) => `{"Variable":"$.a","NumericEquals":${i},"Next":"e"}`)),
  'many choices that are none': (bytes) => choice(fill(bytes, () => '{}')),
  'many choices that are numbers': (bytes) => choice(fill(bytes, () => '0')),
  'a wide And': (bytes) => choice(`{"Next":"e","And":[${fill(bytes, () => '{"Variable":"$.a","IsNull":true}')}]}`),
  'a wide And of nothing': (bytes) => choice(`{"Next":"e","And":[${fill(bytes, () => '{}')}]}`),
  'deep Nots': (bytes) =>
    choice(`{"Next":"e","Not":${around(bytes / 8, '{"Not":', '{"Variable":"$","IsNull":true}', '}')}}`),
  'deep Ands': (bytes) =>
    choice(`{"Next":"e","And":[${around(bytes / 12, '{"And":[', '{"Variable":"$","IsNull":true}', ']}')}]}`),
  'many branches': (bytes) =>
    one(
      `{"Type":"Parallel","End":true,"Branches":[${fill(bytes, (i) => `{"StartAt":"b${i}","States":{"b${i}":{"Type":"Succeed"}}}`)}]}`,
    ),
  'branches of nothing': (bytes) => one(`{"Type":"Parallel","End":true,"Branches":[${fill(bytes, () => '{}')}]}`),
  'deep branches': (bytes) => deepBranches(Math.floor(bytes / 90), ''),
  'deep branches with problems': (bytes) =>
    deepBranches(
      Math.min(240, Math.floor(bytes / 90)),
      fill(bytes, (i) => `"f${i}":0`),
    ),
  'many retriers': (bytes) => one(`{${task},"End":true,"Retry":[${fill(bytes, (i) => `{"ErrorEquals":["E${i}"]}`)}]}`),
  'many retriers that are none': (bytes) => one(`{${task},"End":true,"Retry":[${fill(bytes, () => '{}')}]}`),
  'retriers for all': (bytes) =>
    one(`{${task},"End":true,"Retry":[${fill(bytes, () => '{"ErrorEquals":["States.ALL"]}')}]}`),
  'many catchers': (bytes) =>
    one(`{${task},"End":true,"Catch":[${fill(bytes, (i) => `{"ErrorEquals":["E${i}"],"Next":"s0"}`)}]}`),
  'many error names': (bytes) =>
    one(`{${task},"End":true,"Retry":[{"ErrorEquals":[${fill(bytes, (i) => `"E${i}"`)}]}]}`),
  'a wide template': (bytes) => one(`{"Type":"Pass","End":true,"Parameters":{${fill(bytes, (i) => `"m${i}.$":"$"`)}}}`),
  'a wide template that is none': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":{${fill(bytes, (i) => `"m${i}.$":0`)}}}`),
  'a deep template': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":${around(bytes / 12, '{"a":[', '{"b.$":"$"}', ']}')}}`),
  'many intrinsic functions': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":{${fill(bytes, (i) => `"m${i}.$":"States.Format('{}', $.a)"`)}}}`),
  'a long intrinsic function': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":{"m.$":"States.Array(${fill(bytes, () => '$')})"}}`),
  'deep intrinsic functions': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":{"m.$":"${around(bytes / 14, 'States.Array(', '', ')')}"}}`),
  'intrinsic functions that are none': (bytes) =>
    one(`{"Type":"Pass","End":true,"Parameters":{${fill(bytes, (i) => `"m${i}.$":"States.Array('(((((((((("`)}}}`),
  'many paths': (bytes) =>
    machine(fill(bytes, (i) => `"s${i}":{"Type":"Pass","InputPath":"$${'..a'.repeat(60)}","End":true}`)),
  'many filters': (bytes) =>
    machine(
      fill(
        bytes,
        (i) => `"s${i}":{"Type":"Pass","InputPath":"$[?(${Array(64).fill('@.a == 1').join(' && ')})]","End":true}`,
      ),
    ),
  'a long comment': (bytes) => `{"Comment":"${'c'.repeat(bytes)}","StartAt":"s0","States":{"s0":{"Type":"Succeed"}}}`,
  'a long name of the first state': (bytes) => `{"StartAt":"${'n'.repeat(bytes)}","States":{"s0":{"Type":"Succeed"}}}`,
  'a long type': (bytes) => one(`{"Type":"${'t'.repeat(bytes)}"}`),
  'a long resource': (bytes) => one(`{"Type":"Task","End":true,"Resource":"arn:aws:${':'.repeat(bytes)}"}`),
  'a long timestamp': (bytes) =>
    one(`{"Type":"Wait","End":true,"Timestamp":"2020-01-01T00:00:00.${'0'.repeat(bytes)}Z"}`),
  'a long timestamp that is none': (bytes) =>
    one(`{"Type":"Wait","End":true,"Timestamp":"2020-01-01T00:00:00.${'0'.repeat(bytes)}"}`),
  'a long number': (bytes) => one(`{"Type":"Wait","End":true,"Seconds":${'9'.repeat(bytes)}}`),
  'a long pattern': (bytes) => choice(`{"Variable":"$.s","StringMatches":"${'*a'.repeat(bytes / 2)}","Next":"e"}`),
  letters: (bytes) => 'a'.repeat(bytes),
  digits: (bytes) => '1'.repeat(bytes),
  'digits and dots': (bytes) => '1.'.repeat(bytes / 2),
  'open brackets': (bytes) => '['.repeat(bytes),
  'open objects': (bytes) => '{"a":'.repeat(bytes / 5),
  'an open text': (bytes) => `"${'a'.repeat(bytes)}`,
  backslashes: (bytes) => `"${'\\'.repeat(bytes)}`,
  'escapes of control characters': (bytes) => `{"Comment":"${'\\u0000'.repeat(bytes / 6)}"}`,
  'white space': (bytes) => ' '.repeat(bytes),
  'line breaks, then nothing': (bytes) => '\n'.repeat(bytes),
  'line breaks, then a problem': (bytes) => `${'\n'.repeat(bytes)}?`,
  commas: (bytes) => `[${','.repeat(bytes)}]`,
};

function chain(bytes: number, last: string): string {
  const count = Math.max(1, Math.floor(bytes / 36));
  const passes = Array.from({ length: count }, (_, i) => `"s${i}":{"Type":"Pass","Next":"s${i + 1}"}`);
  return machine(`${passes.join(',')},"s${count}":${last}`);
}

/** Each level is a Parallel state with one branch. */
function deepBranches(depth: number, problems: string): string {
  let core = `{"StartAt":"b","States":{"b":{"Type":"Succeed"${problems && `,${problems}`}}}}`;
  for (let i = 0; i < depth; i++) {
    core = `{"StartAt":"p${i}","States":{"p${i}":{"Type":"Parallel","End":true,"Branches":[${core}]}}}`;
  }
  return core;
}

interface LargeDefinition {
  kind: string;
  bytes: number;
}

export const largeDefinitions: Attack<LargeDefinition> = {
  what: fc.record({ kind: fc.constantFrom(...Object.keys(LARGE)), bytes: bytesUpTo(DEFINITION_MAX) }),
  async run(target, { kind, bytes }) {
    const text = LARGE[kind]!(bytes);
    // What is added around the filling must not make it too long to be looked at.
    await create(target, text.length > DEFINITION_MAX ? LARGE[kind]!(bytes * 0.8) : text);
  },
};

// ---- small ones, with odd fields

const anything = fc.oneof(
  { weight: 3, arbitrary: anyPath as fc.Arbitrary<unknown> },
  { weight: 2, arbitrary: expression as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('a', 'a.$', 'b.$', '.$'), expression) },
  { weight: 2, arbitrary: oddText },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], '$') },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(activityArn('a'), functionArn('f'), 'arn:aws:states:::sqs:sendMessage.sync'),
  },
  { weight: 1, arbitrary: fc.constantFrom('2020-01-01T00:00:00Z', '2020-13-01T25:61:61+99:99', '1e3', 'Infinity') },
);

const TYPES = ['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map', 'pass', '__proto__'];
const FIELDS = [
  'Type',
  'Next',
  'End',
  'Comment',
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Result',
  'Resource',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  'TimeoutSecondsPath',
  'Retry',
  'Catch',
  'Choices',
  'Default',
  'Seconds',
  'Timestamp',
  'SecondsPath',
  'TimestampPath',
  'Error',
  'Cause',
  'ErrorPath',
  'CausePath',
  'Branches',
  'Parameters',
  'ResultSelector',
  'ItemSelector',
  'ItemsPath',
  'QueryLanguage',
  'Iterator',
];
const OPERATORS = [
  'StringEquals',
  'StringMatches',
  'NumericLessThan',
  'TimestampGreaterThanEqualsPath',
  'BooleanEquals',
  'IsPresent',
  'Nothing',
];

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.oneof(builtInName, oddText) },
);

const rule = fc
  .record({ Variable: anyPath, Next: name })
  .chain((base) =>
    fc.tuple(fc.constantFrom(...OPERATORS), anything).map(([operator, operand]) => ({ ...base, [operator]: operand })),
  );

const state = fc
  .record({
    type: fc.constantFrom(...TYPES),
    next: fc.oneof(name, fc.constant(undefined)),
    choices: fc.array(rule, { maxLength: 3 }),
    odd: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), builtInName), anything), { maxLength: 3 }),
  })
  .map(({ type, next, choices, odd }) => ({
    Type: type,
    ...(next === undefined ? { End: true } : { Next: next }),
    ...(type === 'Choice' && { Choices: choices }),
    ...(type === 'Task' && { Resource: functionArn('f') }),
    ...Object.fromEntries(odd),
  }));

export const oddDefinitions: Attack<unknown> = {
  what: fc
    .record({
      startAt: name,
      states: fc.array(fc.tuple(name, state), { maxLength: 4 }),
      more: fc.dictionary(oddText, anything, { maxKeys: 2 }),
    })
    .map(({ startAt, states, more }) => ({ StartAt: startAt, States: Object.fromEntries(states), ...more })),
  async run(target, definition) {
    await create(target, JSON.stringify(definition));
  },
};

/** Any document in the place of a definition, and of a field of one. */
export const documentsAsDefinitions: Attack<{ kind: string; text: string; as: string }> = {
  what: fc
    .tuple(document(DEFINITION_MAX / 2), fc.constantFrom('whole', 'States', 'state', 'Result', 'Choices', 'Retry'))
    .map(([{ kind, text }, as]) => ({ kind, text, as })),
  show: ({ kind, text, as }) => `${kind} (${text.length} characters) as ${as}`,
  async run(target, { text, as }) {
    const makers: Record<string, string> = {
      whole: text,
      States: `{"StartAt":"s0","States":${text}}`,
      state: one(text),
      Result: one(`{"Type":"Pass","End":true,"Result":${text}}`),
      Choices: `{"StartAt":"s0","States":{"s0":{"Type":"Choice","Choices":${text}}}}`,
      Retry: one(`{${task},"End":true,"Retry":${text}}`),
    };
    await create(target, makers[as]!);
  },
};
