import { START_MS } from './journaled-run';
import { endOf, inState, machine, play, wait, wound } from './scenario';

/** How long a Wait state waits, and what it says when it cannot (asl.md section 3). */

type Fields = Record<string, unknown>;

const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();

describe('ends at the first moment that is not too early', () => {
  test.each<[Fields, string, number]>([
    [{ Seconds: 1 }, '{}', 1],
    [{ Seconds: 99_999_999 }, '{}', 99_999_999],
    [{ SecondsPath: '$.a.b' }, '{"a":{"b":30}}', 30],
    [{ SecondsPath: '$[1]' }, '[1,2]', 2],
    [{ SecondsPath: '$.s' }, `{"s":${24_855 * 86_400}}`, 24_855 * 86_400],
    [{ Timestamp: at(10) }, '{}', 10],
    [{ TimestampPath: '$.t' }, `{"t":"${at(2.5)}"}`, 2.5],
    [{ TimestampPath: '$.t' }, '{"t":"2026-01-01T02:00:05+02:00"}', 5],
    [{ TimestampPath: '$.t' }, '{"t":"2026-01-01T00:00:05.000000001Z"}', 5.001],
    [{ TimestampPath: '$.t' }, '{"t":"2026-01-01T00:00:05.12345678901234567890Z"}', 5.124],
  ])('%j with %s', async (fields, input, seconds) => {
    const run = await play({ machine: machine({ W: wait(fields) }), input, steps: [wound(seconds - 0.001)] });
    expect(run.status).toBe('RUNNING');
    await run.wind(0.001);
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: input });
    expect(run.events.at(-1)!.timestampMs).toBe(START_MS + seconds * 1000);
  });
});

describe('does not wait', () => {
  test.each<[Fields, string]>([
    [{ Seconds: 0 }, '{}'],
    [{ SecondsPath: '$.s' }, '{"s":0}'],
    [{ Timestamp: '2025-12-31T23:59:59Z' }, '{}'],
    [{ Timestamp: '2026-01-01T00:00:00Z' }, '{}'],
    [{ TimestampPath: '$.t' }, '{"t":"0001-01-01T00:00:00Z"}'],
  ])('%j with %s', async (fields, input) => {
    const run = await play({ machine: machine({ W: wait(fields) }), input });
    expect(endOf(run)).toEqual({ status: 'SUCCEEDED', output: input });
  });
});

describe('fails the execution', () => {
  const noTimestamp =
    'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string';
  test.each<[Fields, string, string]>([
    [{ SecondsPath: '$.a.b' }, '{"a":{}}', 'The SecondsPath parameter does not reference an input value: $.a.b'],
    [{ SecondsPath: '$.a.b' }, '{}', 'The SecondsPath parameter does not reference an input value: $.a.b'],
    [{ SecondsPath: '$.a.b' }, '{"a":{"b":-1}}', 'The SecondsPath parameter references a negative value: $.a.b == -1'],
    [
      { SecondsPath: '$.a.b' },
      '{"a":{"b":1.5}}',
      'The SecondsPath parameter cannot be parsed as a long value: $.a.b == 1.5',
    ],
    [{ SecondsPath: '$.s' }, '{"s":-1.5}', 'The SecondsPath parameter cannot be parsed as a long value: $.s == -1.5'],
    [{ SecondsPath: '$.s' }, '{"s":1.0}', 'The SecondsPath parameter cannot be parsed as a long value: $.s == 1.0'],
    [{ SecondsPath: '$.s' }, '{"s":"1"}', 'The SecondsPath parameter cannot be parsed as a long value: $.s == 1'],
    [{ SecondsPath: '$.s' }, '{"s":null}', 'The SecondsPath parameter cannot be parsed as a long value: $.s == null'],
    [{ SecondsPath: '$.s' }, `{"s":${24_856 * 86_400}}`, 'Wait state delay is too long.'],
    [{ SecondsPath: '$.s' }, '{"s":100000000000000000000000}', 'Wait state delay is too long.'],
    [{ TimestampPath: '$.t' }, '{"t":"9999-12-31T00:00:00Z"}', 'Wait state delay is too long.'],
    [{ Timestamp: '9999-12-31T00:00:00Z' }, '{}', 'Wait state delay is too long.'],
    [{ TimestampPath: '$.t' }, '{}', 'The TimestampPath parameter does not reference an input value: $.t'],
    [{ TimestampPath: '$.t' }, '{"t":"tomorrow"}', `${noTimestamp}: $.t == tomorrow`],
    [{ TimestampPath: '$.t' }, '{"t":"2026-13-01T00:00:00Z"}', `${noTimestamp}: $.t == 2026-13-01T00:00:00Z`],
    [{ TimestampPath: '$.t' }, '{"t":"2026-01-01T00:00:00"}', `${noTimestamp}: $.t == 2026-01-01T00:00:00`],
    [{ TimestampPath: '$.t' }, '{"t":1767225600}', `${noTimestamp}: $.t == 1767225600`],
    [{ TimestampPath: '$.t' }, '{"t":{"a":[1]}}', `${noTimestamp}: $.t == {"a":[1]}`],
    [{ Seconds: 1, InputPath: '$.x' }, '{}', "Invalid path '$.x' : No results for path: $['x']"],
    [{ Seconds: 0, OutputPath: '$.x' }, '{}', "Invalid path '$.x' : No results for path: $['x']"],
  ])('%j with %s', async (fields, input, text) => {
    const run = await play({ machine: machine({ W: wait(fields) }), input });
    expect(endOf(run)).toEqual({ status: 'FAILED', error: 'States.Runtime', cause: inState('W', 2) + text });
  });
});
