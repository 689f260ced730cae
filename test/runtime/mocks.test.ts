import { BadMocks, parseMocks } from '../../lib/runtime/mocks';

/** A file with one response. */
const withResponse = (response: unknown) => ({
  StateMachines: { m: { TestCases: { c: { Work: 'r' } } } },
  MockedResponses: { r: response },
});
const fine = { '0': { Return: 1 } };

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /^it is not JSON$/],
  ['no object', [], /^the file: an object is wanted$/],
  [
    'another member',
    { StateMachines: {}, Mocks: {} },
    /^the file has "Mocks"; there are StateMachines and MockedResponses$/,
  ],
  ['no state machines', { MockedResponses: {} }, /^StateMachines is missing$/],
  ['no test cases', { StateMachines: { m: {} } }, /^StateMachines\.m\.TestCases is missing$/],
  [
    'a response that is not there',
    { StateMachines: { m: { TestCases: { c: { Work: 'none' } } } } },
    /^StateMachines\.m\.TestCases\.c\.Work: there is no such response in MockedResponses$/,
  ],
  ['no answers', withResponse({}), /^MockedResponses\.r: there is no answer in it$/],
  [
    'attempts that are no numbers',
    withResponse({ first: { Return: 1 } }),
    /^MockedResponses\.r\.first: attempts are a number/,
  ],
  ['attempts backwards', withResponse({ '2-1': { Return: 1 } }), /attempts are a number/],
  ['a gap', withResponse({ ...fine, '2': { Return: 1 } }), /^MockedResponses\.r: .* 1 is missing or there twice$/],
  [
    'the same attempt twice',
    withResponse({ '0-1': { Return: 1 }, '1': { Return: 2 } }),
    /2 is missing or there twice$/,
  ],
  ['neither Return nor Throw', withResponse({ '0': {} }), /^MockedResponses\.r\.0: either Return or Throw is wanted/],
  ['both', withResponse({ '0': { Return: 1, Throw: { Error: 'e' } } }), /either Return or Throw is wanted/],
  [
    'an error without a name',
    withResponse({ '0': { Throw: { Cause: 'c' } } }),
    /^MockedResponses\.r\.0\.Throw: Error is wanted/,
  ],
])('%s: what is wrong, and where', (_, file, message) => {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  expect(() => parseMocks(text)).toThrow(message);
  expect(() => parseMocks(text)).toThrow(BadMocks);
});

test('answers are texts as the file has them', () => {
  const frame = { stateName: 'Work', retries: [1, 0] } as unknown as Parameters<
    ReturnType<typeof parseMocks>['answer']
  >[1];
  const execution = { machineName: 'm', testCase: 'c' } as Parameters<
    ReturnType<typeof parseMocks>['answer']
  >[0]['execution'];
  const text =
    '{"StateMachines":{"m":{"TestCases":{"c":{"Work":"r"}}}},"MockedResponses":{"r":{"0":{"Return":1},"1-9":{"Return":{"b":1.50,"a":0}}}}}';
  expect(parseMocks(text).answer({ execution }, frame)).toEqual({ output: '{"b":1.50,"a":0}' });
});
