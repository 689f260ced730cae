import { activityArn, functionArn } from '../wire';
import type { LoadMachine } from './machines';
import { activity, caught, end, lambda, retried } from './states';

const LOST = { Type: 'Fail', Error: 'Variables.Lost' };
const item = (NumericEquals: number, Next: string) => ({ Variable: '$.item', NumericEquals, Next });
const same = (Variable: string, StringEqualsPath: string) => ({ Variable, StringEqualsPath });

/**
 * What was assigned before a crash is there after it: each compares what it kept with what went through the states, and
 * fails as no machine here may where that differs.
 */
export const WITH_VARIABLES: Readonly<Record<string, LoadMachine>> = {
  kept: {
    ends: ['SUCCEEDED'],
    input: (dice) => ({ text: 'é'.repeat(dice.between(0, 2000)), items: [1, 2, 3] }),
    definition: {
      StartAt: 'V',
      States: {
        V: { Type: 'Pass', Assign: { 'id.$': '$.id', 'text.$': '$.text', worker: 'nobody' }, Next: 'R' },
        R: lambda('remote', { Assign: { 'first.$': '$.invocation' }, Next: 'O' }),
        O: activity(
          'orders',
          { ResultPath: '$.order', Assign: { 'worker.$': '$.id' }, Catch: caught('M'), Next: 'M' },
          { TimeoutSeconds: 5, HeartbeatSeconds: 2 },
        ),
        M: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemSelector: { 'item.$': '$$.Map.Item.Value' },
          MaxConcurrency: 2,
          ItemProcessor: {
            StartAt: 'I',
            States: {
              I: { Type: 'Pass', Assign: { 'mine.$': "States.Format('{} {}', $id, $.item)" }, Next: 'C' },
              C: { Type: 'Choice', Choices: [item(2, 'W')], Default: 'L' },
              W: { Type: 'Wait', Seconds: 1, Next: 'L' },
              L: lambda('local', { Next: 'J' }),
              J: {
                Type: 'Pass',
                Parameters: { 'mine.$': '$mine', 'wanted.$': "States.Format('{} {}', $id, $.item)" },
                Next: 'Same',
              },
              Same: { Type: 'Choice', Choices: [{ ...same('$.mine', '$.wanted'), Next: 'T' }], Default: 'Other' },
              T: { Type: 'Succeed' },
              Other: LOST,
            },
          },
          ResultPath: null,
          Next: 'Is',
        },
        Is: {
          Type: 'Choice',
          Choices: [
            {
              And: [same('$id', '$.id'), same('$text', '$.text'), same('$first', '$.result.invocation')],
              Next: 'Who',
            },
          ],
          Default: 'Lost',
        },
        Who: {
          Type: 'Choice',
          Choices: [
            { Variable: '$worker', StringEquals: 'nobody', Next: 'Nobody' },
            { ...same('$worker', '$.order.id'), Next: 'E' },
          ],
          Default: 'Lost',
        },
        Nobody: { Type: 'Choice', Choices: [{ Variable: '$.caught', IsPresent: true, Next: 'E' }], Default: 'Lost' },
        E: end,
        Lost: LOST,
      },
    },
  },
  query: {
    ends: ['SUCCEEDED', 'FAILED'],
    failsBy: 'Flaky',
    input: (dice) => ({ seconds: dice.between(1, 2) }),
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'V',
      States: {
        V: {
          Type: 'Pass',
          Assign: { id: '{% $states.input.id %}', text: "{% $join([1..2000].('é')) %}", steps: '{% 1 %}' },
          Next: 'L',
        },
        L: {
          Type: 'Task',
          Resource: functionArn('local'),
          Arguments: { id: '{% $id %}', steps: '{% $steps %}' },
          TimeoutSeconds: '{% 60 * 60 %}',
          Assign: { first: '{% $states.result.invocation %}', steps: '{% $steps + 1 %}' },
          Output: { first: '{% $states.result.invocation %}' },
          Next: 'P',
        },
        P: {
          Type: 'Parallel',
          Arguments: { first: '{% $first %}' },
          Branches: [
            {
              StartAt: 'N',
              States: {
                N: { Type: 'Pass', Assign: { worker: 'nobody' }, Next: 'K' },
                K: {
                  Type: 'Task',
                  Resource: activityArn('checks'),
                  Arguments: { id: '{% $id %}' },
                  TimeoutSeconds: '{% $steps + 1 %}',
                  Retry: retried(30, 'States.Timeout', 'Worker.Failed'),
                  Assign: { worker: '{% $states.result.id %}' },
                  Output: '{% $states.result.id %}',
                  Catch: [{ ErrorEquals: ['Worker.Fatal', 'States.Timeout'], Output: 'nobody', Next: 'Did' }],
                  Next: 'Did',
                },
                Did: {
                  Type: 'Choice',
                  Choices: [{ Condition: '{% $worker = $states.input %}', Next: 'T' }],
                  Default: 'Other',
                },
                T: { Type: 'Succeed' },
                Other: LOST,
              },
            },
            {
              StartAt: 'W',
              States: {
                W: { Type: 'Wait', Seconds: '{% $states.context.Execution.Input.seconds %}', Next: 'R' },
                R: { Type: 'Task', Resource: functionArn('remote'), Output: '{% $states.input.first %}', End: true },
              },
            },
          ],
          Assign: { steps: '{% $steps + 1 %}', second: '{% $states.result[1] %}' },
          Output: { first: '{% $states.input.first %}' },
          Next: 'M',
        },
        M: {
          Type: 'Map',
          Items: '{% [1..$steps] %}',
          ItemSelector: { item: '{% $states.context.Map.Item.Value %}' },
          MaxConcurrency: 2,
          ItemProcessor: {
            StartAt: 'I',
            States: {
              I: { Type: 'Pass', Assign: { mine: "{% $id & ' ' & $string($states.input.item) %}" }, Next: 'F' },
              F: {
                Type: 'Task',
                Resource: functionArn('flaky'),
                Arguments: { mine: '{% $mine %}' },
                Retry: retried(2, 'Flaky'),
                Output: '{% $states.input %}',
                Next: 'Same',
              },
              Same: {
                Type: 'Choice',
                Choices: [{ Condition: "{% $mine = $id & ' ' & $string($states.input.item) %}", Next: 'U' }],
                Default: 'Wrong',
              },
              U: { Type: 'Succeed' },
              Wrong: LOST,
            },
          },
          Output: { first: '{% $states.input.first %}', items: '{% $states.result.item %}' },
          Next: 'Is',
        },
        Is: {
          Type: 'Choice',
          Choices: [
            {
              Condition:
                '{% $id = $states.context.Execution.Input.id and $length($text) = 2000 and $steps = 3 and $first = $states.input.first and $second = $first and $states.input.items = [1, 2, 3] %}',
              Next: 'S',
            },
          ],
          Default: 'Lost',
        },
        S: { Type: 'Succeed' },
        Lost: LOST,
      },
    },
  },
};
