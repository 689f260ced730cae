import type { Rule } from './rules';
import { explore } from './search';

test('whatever is lost, late or twice, nothing that is outstanding is without its message, and all of it can end', () => {
  const { states, ends, finding } = explore();
  expect(finding).toBeUndefined();
  // A model that explores little would find nothing, too.
  expect({ states, ends }).toEqual({ states: 143_384, ends: 300 });
}, 120_000);

test('where nothing goes wrong, it ends as well', () => {
  const { states, ends, finding } = explore(undefined, 0);
  expect(finding).toBeUndefined();
  expect({ states, ends }).toEqual({ states: 5_619, ends: 55 });
});

describe('each rule is needed: taken away,', () => {
  const breaches: Record<Rule, RegExp> = {
    startIsPromised: /no message covers "first turn"/,
    stopIsPromised: /no message covers "close"/,
    loserPromisesAnew: /no message covers "close"/,
    appendIsConditional: /slot 0 is won by "stop" and by "first turn"/,
    promiseDispatchesAll: /no message covers "close"/,
    repeatDispatchesAll: /no message covers "run task"/,
    retryDispatchesAll: /no message covers "close"/,
    dispatchBeforeDelete: /no message covers "run task"/,
    promiseWaits: /no message covers "first turn"/,
    startIsFenced: /no message covers "first turn"/,
    startMeetsFence: /no message covers "first turn"/,
    turnIsFenced: /no message covers "close"/,
    taskIsFenced: /no message covers "close"/,
    leaseCoversWrites: /no message covers "close"/,
    leaseCoversCalls: /the function is called twice/,
    taskIsClaimed: /the function is called twice/,
    claimIsKept: /no message covers "run task"/,
  };

  test.each(Object.entries(breaches) as [Rule, RegExp][])('%s', (rule, breach) => {
    const { finding } = explore(rule);
    expect(finding?.breach).toMatch(breach);
    expect(finding?.trace.length).toBeGreaterThan(1);
  });
});
