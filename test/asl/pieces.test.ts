import { compileDefinition, compileInPieces } from '../../lib/asl/definition/compile';
import { atOnce, type Pieces, withPauses } from '../../lib/asl/pieces';
import { FUNCTION, machine, pass } from '../engine/scenario';

/** Large definitions, nearly all of each in one state: no part of the work takes long. */

const BYTES = 400_000;
/** Characters of a definition that a piece reads, or compiles, at most. */
const PIECE_MAX = 100_000;

/** As many units as fit. */
function fill(unit: (index: number) => string, bytes = BYTES): string {
  const units: string[] = [];
  for (let length = 0, index = 0; length < bytes; index++) length += units[units.push(unit(index)) - 1]!.length + 1;
  return units.join(',');
}

const task = `"Type":"Task","Resource":"${FUNCTION}","End":true`;
const template = (text: string) => `{"Type":"Pass","End":true,"Parameters":${text}}`;
const choice = (rules: string) => `{"Type":"Choice","Default":"E","Choices":[${rules}]}`;
const long = (index: number) => `$.${'m'.repeat(3_000)}${index}`;
const deepRule = `{"Next":"E","And":[${'{"Or":[{"Not":'.repeat(60)}{"Variable":"$.a","IsNull":true}${'}]}'.repeat(60)}]}`;

const LARGE: Record<string, string> = {
  'a template of paths': template(`{${fill((i) => `"m${i}.$":"$.a${i}"`)}}`),
  'a template of one path': template(`{${fill((i) => `"m${i}.$":"$.a"`)}}`),
  'a template of intrinsic functions': template(`{${fill((i) => `"m${i}.$":"States.Format('{}', ${i})"`)}}`),
  'a template of long intrinsic functions': template(
    `{${fill((i) => `"m${i}.$":"States.Array(${fill(() => '$', 9_000)}, ${i})"`)}}`,
  ),
  'a template of literals': template(`[${fill(() => '[1,{"a":null}]')}]`),
  rules: choice(fill((i) => `{"Variable":"$.a${i}","NumericEquals":${i},"Next":"E"}`)),
  'rules with long paths': choice(fill((i) => `{"Variable":"${long(i)}","NumericEqualsPath":"${long(i)}","Next":"E"}`)),
  'a wide rule': choice(`{"Next":"E","And":[${fill(() => '{"Variable":"$.a","IsNull":true}')}]}`),
  'deep rules': choice(fill(() => deepRule)),
  retriers: `{${task},"Retry":[${fill((i) => `{"ErrorEquals":["E${i}"]}`)}]}`,
  catchers: `{${task},"Catch":[${fill((i) => `{"ErrorEquals":["E"],"ResultPath":"${long(i)}","Next":"E"}`)}]}`,
};

function countPieces(step: () => boolean): number {
  let pieces = 1;
  while (!step()) pieces++;
  return pieces;
}

test.each(Object.entries(LARGE))('%s', (_, state) => {
  const text = `{"StartAt":"S","States":{"S":${state},"E":{"Type":"Succeed"}}}`;
  const work: Pieces<unknown> = compileInPieces(text);
  expect(countPieces(() => work.next().done === true)).toBeGreaterThan(text.length / PIECE_MAX);
  const { states } = compileDefinition(text);
  expect(countPieces(() => states.prepare('S'))).toBeGreaterThan(text.length / PIECE_MAX);
  expect(countPieces(() => states.prepare('E'))).toBe(1);
});

test('small definitions are made in one piece, their states too', () => {
  const text = machine({ A: pass({ Parameters: { 'a.$': '$.b', c: [1, 2] }, Next: 'B' }), B: pass() });
  expect(compileInPieces(text).next().done).toBe(true);
  expect(compileDefinition(text).states.prepare('A')).toBe(true);
});

test('between pieces, and only there, others have their turn', async () => {
  let pauses = 0;
  const giveWay = async () => void pauses++;
  function* work(pieces: number): Pieces<string> {
    for (let i = 1; i < pieces; i++) yield;
    return 'done';
  }
  expect([await withPauses(work(1), giveWay), pauses]).toEqual(['done', 0]);
  expect([await withPauses(work(4), giveWay), pauses]).toEqual(['done', 3]);
  expect(atOnce(work(4))).toBe('done');
});

test('of names that come twice the last counts, in states, branches and fields', () => {
  const inner = '{"StartAt":"b","States":{"b":{"Type":"Fail"},"b" : {"Type":"Succeed"}}}';
  const text = `{"StartAt":"x","StartAt":"s","States":{"gone":{"Type":"Succeed"}},
    "States":{"s":{"Type":"Fail"},"\\u0073":{"Type":"Parallel","End":true,"Branches":[],"Branches":[${inner}]}}}`;
  const { startAt, states } = compileDefinition(text);
  expect([startAt, [...states.keys()]]).toEqual(['s', ['s', 'b']]);
  expect([states.get('s')?.type, states.get('b')?.type]).toEqual(['Parallel', 'Succeed']);
});
