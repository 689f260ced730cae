import fc from 'fast-check';
import { costlyPath } from './paths';

/** Intrinsic functions that cost much, over the documents at `$.a`, and what is none. */

const argument = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('$', '$.a', '$.a', '$.s', '$.n', '$$', '$$.Execution.Input', '$.a[*]', '$..*'),
  },
  { weight: 1, arbitrary: costlyPath },
  { weight: 2, arbitrary: fc.constantFrom('1', '-1', '0.5', '1e308', "''", "','", "'{}{}'", "'a'", 'true', 'null') },
);

const NAMES = [
  'Array',
  'ArrayPartition',
  'ArrayContains',
  'ArrayRange',
  'ArrayGetItem',
  'ArrayLength',
  'ArrayUnique',
  'Base64Encode',
  'Base64Decode',
  'Hash',
  'JsonMerge',
  'StringToJson',
  'JsonToString',
  'MathRandom',
  'MathAdd',
  'StringSplit',
  'UUID',
  'Format',
  'Nothing',
];
const TAKES: Record<string, number> = {
  ArrayPartition: 2,
  ArrayContains: 2,
  ArrayRange: 3,
  ArrayGetItem: 2,
  ArrayLength: 1,
  ArrayUnique: 1,
  Base64Encode: 1,
  Base64Decode: 1,
  Hash: 2,
  JsonMerge: 3,
  StringToJson: 1,
  JsonToString: 1,
  MathRandom: 2,
  MathAdd: 2,
  StringSplit: 2,
  UUID: 0,
};

const { call } = fc.letrec<{ call: string; inner: string }>((tie) => ({
  call: fc.constantFrom(...NAMES).chain((name) => {
    const takes = TAKES[name];
    const length = takes === undefined ? { maxLength: 12 } : { minLength: takes, maxLength: takes };
    return fc.array(tie('inner'), length).map((list) => `States.${name}(${list.join(', ')})`);
  }),
  inner: fc.oneof({ maxDepth: 9 }, { weight: 3, arbitrary: argument }, { weight: 2, arbitrary: tie('call') }),
}));

/** Mostly one that a definition may have. */
export const expression: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: call },
  { weight: 2, arbitrary: argument },
  {
    weight: 1,
    arbitrary: fc.constantFrom("States.Format('", 'States.', 'States.Array(', "States.Format('\\\\", '$$$', '$name'),
  },
);
