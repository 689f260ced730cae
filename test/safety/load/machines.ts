import type { Dice } from '../../dice';
import { activity, caught, end, lambda, retried } from './states';
import { TODAY } from './todays-machines';
import { WITH_VARIABLES } from './variable-machines';

/** The state machines of the load: every way to be waiting when the process dies. */
export interface LoadMachine {
  definition: object;
  input(dice: Dice): object;
  /** How its executions end when nobody stops them. */
  ends: readonly ('SUCCEEDED' | 'TIMED_OUT' | 'FAILED')[];
  /** The one error that it may fail by; any, if it does not say. */
  failsBy?: string;
}

/** Tasks of both are polled by the workers. */
export const ACTIVITIES = ['orders', 'checks'] as const;

const OF_2017: Record<string, LoadMachine> = {
  passes: {
    ends: ['SUCCEEDED'],
    input: (dice) => ({ text: 'x'.repeat(dice.between(0, 3000)) }),
    definition: {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Result: [1], ResultPath: '$.a', Next: 'B' },
        B: { Type: 'Pass', InputPath: '$.a', ResultPath: '$.b', Next: 'C' },
        C: { Type: 'Choice', Choices: [{ Variable: '$.b[0]', NumericEquals: 1, Next: 'D' }], Default: 'F' },
        D: { Type: 'Succeed' },
        F: { Type: 'Fail' },
      },
    },
  },
  waits: {
    ends: ['SUCCEEDED'],
    input: (dice) => ({ seconds: dice.between(1, 3) }),
    definition: {
      StartAt: 'W',
      States: { W: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'V' }, V: { Type: 'Wait', Seconds: 1, End: true } },
    },
  },
  deadline: {
    ends: ['TIMED_OUT'],
    input: () => ({}),
    definition: { StartAt: 'W', TimeoutSeconds: 2, States: { W: { Type: 'Wait', Seconds: 60, End: true } } },
  },
  flaky: {
    ends: ['SUCCEEDED'],
    input: () => ({}),
    definition: {
      StartAt: 'F',
      States: { F: lambda('flaky', { Retry: retried(3, 'Flaky'), Catch: caught('C'), Next: 'C' }), C: end },
    },
  },
  functions: {
    ends: ['SUCCEEDED'],
    input: () => ({}),
    definition: {
      StartAt: 'L1',
      States: {
        L1: lambda('local', { Next: 'R1' }),
        R1: lambda('remote', { Next: 'L2' }),
        L2: lambda('local', { Next: 'B' }),
        B: lambda('broken', { Catch: caught('R2'), Next: 'R2' }),
        R2: lambda('remote', { End: true }),
      },
    },
  },
  work: {
    ends: ['SUCCEEDED'],
    input: () => ({}),
    definition: {
      StartAt: 'O',
      States: {
        O: activity('orders', { Catch: caught('P'), Next: 'P' }, { TimeoutSeconds: 5, HeartbeatSeconds: 2 }),
        P: { Type: 'Pass', Next: 'K' },
        K: activity('checks', { Catch: caught('E'), Next: 'E' }, { TimeoutSeconds: 3 }),
        E: end,
      },
    },
  },
  branches: {
    ends: ['SUCCEEDED'],
    input: (dice) => ({ seconds: dice.between(1, 2) }),
    definition: {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          ResultPath: '$.results',
          Branches: [
            { StartAt: 'K', States: { K: activity('checks', { End: true }, { TimeoutSeconds: 3 }) } },
            { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$.seconds', End: true } } },
            { StartAt: 'R', States: { R: lambda('remote', { Next: 'L' }), L: lambda('local', { End: true }) } },
          ],
          Retry: retried(1, 'Worker.Fatal'),
          Catch: caught('E'),
          Next: 'E',
        },
        E: end,
      },
    },
  },
  nested: {
    ends: ['FAILED'],
    input: () => ({}),
    definition: {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Q',
              States: {
                Q: {
                  Type: 'Parallel',
                  End: true,
                  Branches: [
                    { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 30, End: true } } },
                    {
                      StartAt: 'V',
                      States: { V: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'Planned' } },
                    },
                  ],
                },
              },
            },
            { StartAt: 'L', States: { L: lambda('local', { Next: 'M' }), M: { Type: 'Pass', End: true } } },
          ],
          Retry: retried(1, 'Planned'),
          End: true,
        },
      },
    },
  },
};

export const MACHINES: Readonly<Record<string, LoadMachine>> = { ...OF_2017, ...TODAY, ...WITH_VARIABLES };
