import { Payload } from '../../lib/engine/payload';
import { copyOf, differenceOf } from './sameness';

/** What the journaled runs are compared with must see differences, or no test here could fail. */

const text = (payload: Payload) => (payload.isLoaded ? payload.text : 'stored');
const frame = (fields: Record<string, unknown>) =>
  new Map([[1, { id: 1, retries: [0], input: Payload.ofText('{}'), ...fields }]]);

test.each<[string, unknown, unknown, string | undefined]>([
  ['the same', frame({}), frame({}), undefined],
  ['an undefined member is no member', frame({ claim: undefined }), frame({}), undefined],
  ['payloads by their text', Payload.ofText('1'), Payload.of(1), undefined],
  ['a stored payload is read', Payload.stored([1, 0]), Payload.ofText('stored'), undefined],
  ['a member', frame({ claim: 'a' }), frame({ claim: 'b' }), '/1/claim: "a" and "b"'],
  ['a missing member', frame({ claim: 'a' }), frame({}), '/1/claim: "a" and nothing'],
  ['a member too many', frame({}), frame({ claim: 'a' }), '/1/claim: nothing and "a"'],
  ['a payload', frame({ input: Payload.ofText('1') }), frame({ input: Payload.ofText('2') }), '/1/input: 1 and 2'],
  ['an element', frame({ retries: [1] }), frame({}), '/1/retries/0: 1 and 0'],
  ['a longer list', frame({ retries: [0, 1] }), frame({}), '/1/retries/1: 1 and nothing'],
  ['a missing frame', frame({}), new Map(), expect.stringContaining('/1: ') as unknown as string],
  ['a frame that is gone', new Map([[1, undefined]]), new Map(), '/1: "gone" and "no key"'],
  ['null is something', frame({ claim: null }), frame({}), '/1/claim: null and nothing'],
])('%s', (_, a, b, difference) => {
  expect(differenceOf(a, b, text)).toEqual(difference);
});

test('a copy says the same and shares nothing but the payloads', () => {
  const original = { frames: frame({}), list: [{ a: 1 }] };
  const copy = copyOf(original);
  expect(differenceOf(copy, original, text)).toBeUndefined();
  expect(copy.frames.get(1)!.input).toBe(original.frames.get(1)!.input);
  copy.list[0]!.a = 2;
  copy.frames.get(1)!.retries.push(5);
  expect(original).toEqual({ frames: frame({}), list: [{ a: 1 }] });
});
