import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idleRows, runningMachine, totalOf, waitingWorker } from '../../bench/cost/idle';
import list from '../../bench/cost/prices.json';
import {
  gbSeconds,
  itemBytes,
  managedTransition,
  priceOf,
  queueRequests,
  readUnits,
  storedBytes,
  sumOf,
  timesOf,
  writeUnits,
} from '../../bench/cost/pricing';
import { isOver } from '../../bench/cost/report';
import { SCENARIOS } from '../../bench/cost/scenarios';
import { MEMORY_MEGABYTES } from '../../lib/cdk/memory';

describe('units', () => {
  test.each([
    [0, 1],
    [1, 1],
    [1024, 1],
    [1025, 2],
    [409_600, 400],
  ])('a write of %d bytes: %d', (bytes, units) => {
    expect(writeUnits(bytes)).toBe(units);
  });

  test.each([
    [0, true, 1],
    [0, false, 0.5],
    [4096, true, 1],
    [4097, true, 2],
    [4097, false, 1],
  ])('a read of %d bytes, consistent: %s: %d', (bytes, isConsistent, units) => {
    expect(readUnits(bytes, isConsistent)).toBe(units);
  });

  test.each([
    [0, 1],
    [65_536, 1],
    [65_537, 2],
    [1_048_576, 16],
  ])('messages of %d bytes: %d requests', (bytes, requests) => {
    expect(queueRequests(bytes)).toBe(requests);
  });

  test('every millisecond of a function is billed, by its memory', () => {
    expect(gbSeconds(1000, 1024)).toBe(1);
    expect(gbSeconds(100.2, 256)).toBeCloseTo(0.101 / 4, 10);
  });
});

describe('the size of an item', () => {
  test.each([
    ['text, in UTF-8', { a: { S: 'héé' } }, 6],
    ['bytes', { ab: { B: new Uint8Array(7) } }, 9],
    ['a number: two digits a byte, and one', { n: { N: '12345' } }, 5],
    ['zeros at the end are no digits', { n: { N: '1700' } }, 3],
    ['a negative one takes one more', { n: { N: '-12' } }, 4],
    ['a truth value', { b: { BOOL: true } }, 2],
    ['a set', { s: { SS: ['ab', 'c'] } }, 4],
    ['all attributes', { a: { S: 'b' }, c: { S: 'd' } }, 4],
  ])('%s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });

  test('stored, it has 100 more', () => {
    expect(storedBytes(5)).toBe(105);
  });
});

describe('prices', () => {
  test('a sum of all units', () => {
    const usage = sumOf([
      { writeUnits: 2, queueRequests: 1 },
      { writeUnits: 1, apiRequests: 1 },
    ]);
    expect(usage).toEqual({ writeUnits: 3, queueRequests: 1, apiRequests: 1 });
    expect(priceOf(timesOf(usage, 1e6))).toBeCloseTo(3 * 0.625 + 0.4 + 3.5, 10);
  });

  test('each has a page of AWS as its source', () => {
    for (const { usd, source } of Object.values(list.prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing\//);
    }
    expect(managedTransition * 1e6).toBe(25);
  });

  test('the formula of the document has them', () => {
    const [formula] = /0\.625 W .* G/.exec(readFileSync(join(__dirname, '../../docs/cost.md'), 'utf8'))!;
    const factors = [...formula.matchAll(/([\d.]+) [A-Z]/g)].map(([, factor]) => Number(factor));
    const units = ['writeUnits', 'readUnits', 'queueRequests', 'apiRequests', 'invocations', 'gbSeconds'] as const;
    expect(factors).toEqual(
      units.map((unit) => Number(priceOf({ [unit]: 1e6 }).toFixed(3 - (unit === 'gbSeconds' ? 1 : 0)))),
    );
  });
});

describe('waiting', () => {
  test('a month of empty receives', () => {
    const [receives] = idleRows({}, {});
    expect(receives!.usage).toEqual({ queueRequests: 2 * 15 * 43_800 });
  });

  test('alarms are billed by what they watch, metrics where something runs', () => {
    const idle = totalOf(idleRows({}, {}));
    expect(idle).toMatchObject({ alarmMonths: 34, dashboardMonths: 1, secretMonths: 1 });
    expect(idle).not.toHaveProperty('metricMonths');
    expect(priceOf(runningMachine())).toBeCloseTo(6 * 0.3, 10);
  });

  test('the work of a minute counts 43,800 times', () => {
    expect(totalOf(idleRows({ readUnits: 2 }, { readUnits: 1 })).readUnits).toBe(88_330);
  });

  test('a worker that polls without a break holds a function all the time', () => {
    const { apiRequests, gbSeconds: held } = waitingWorker();
    expect(apiRequests).toBe((43_800 * 60) / 20);
    expect(held).toBeGreaterThan((43_800 * 60 * MEMORY_MEGABYTES.api) / 1024);
  });
});

describe('goals', () => {
  const scenario = SCENARIOS.passes!;
  /** What costs so much for a million transitions. */
  const costing = (usd: number) => ({
    lines: [{ what: 'calls', count: 1, usage: { apiRequests: (usd * scenario.transitions) / 3.5 } }],
    stored: {},
  });

  test.each([
    [0.1, 0.1, false],
    [0.16, 0.1, true],
    [0.1, 0.16, true],
  ])('one at a time for %d, many at once for %d: missed: %s', (alone, busy, isMissed) => {
    expect(isOver({ scenario, alone: costing(alone), busy: costing(busy) })).toBe(isMissed);
    expect(isOver({ scenario: { ...scenario, goal: undefined }, alone: costing(alone), busy: costing(busy) })).toBe(
      false,
    );
  });

  test('are those that were set', () => {
    const goals = Object.entries(SCENARIOS).map(([name, { goal }]) => [name, goal]);
    expect(Object.fromEntries(goals)).toEqual({
      sequence: 2.5,
      parallel: 3.5,
      activities: 14,
      wait: undefined,
      passes: 0.15,
    });
  });
});
