import { functionArn, machineArn } from '../wire';
import type { LoadMachine } from './machines';
import { caught, end, lambda, retried } from './states';

/** An execution of the machine, waited for. Its input says which task asked for it, so that one asked for twice shows. */
const nested = (machine: string, next: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: {
    StateMachineArn: machineArn(machine),
    Input: {
      'id.$': '$.id',
      'parent.$': '$$.Execution.Id',
      'task.$':
        "States.Format('{} {} {} {} {}', $$.Execution.Id, $$.Execution.RedriveCount, $$.State.Name, $$.State.EnteredTime, $$.State.RetryCount)",
    },
  },
  ResultSelector: { 'arn.$': '$.ExecutionArn', 'output.$': '$.Output' },
  ResultPath: '$.nested',
  ...next,
});

const flakyMap = (maxConcurrency: number, retry: object) => ({
  Type: 'Map',
  Parameters: { 'id.$': '$$.Execution.Input.id', 'item.$': '$$.Map.Item.Value' },
  ItemsPath: '$.items',
  MaxConcurrency: maxConcurrency,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', Choices: [{ Variable: '$.item', NumericEquals: 2, Next: 'V' }], Default: 'F' },
      V: { Type: 'Wait', Seconds: 1, Next: 'F' },
      F: lambda('flaky', { ...retry, End: true }),
    },
  },
});

/** What issue 7 brought: Map, callbacks, nested executions, and executions that are worth a redrive. */
export const TODAY: Readonly<Record<string, LoadMachine>> = {
  each: {
    ends: ['SUCCEEDED'],
    input: () => ({ items: [1, 2, 3, 4, 5] }),
    definition: {
      StartAt: 'M',
      States: {
        M: {
          ...flakyMap(3, { Retry: retried(2, 'Flaky') }),
          ResultPath: '$.results',
          Retry: retried(1, 'Flaky'),
          Catch: caught('E'),
          Next: 'E',
        },
        E: end,
      },
    },
  },
  apart: {
    ends: ['SUCCEEDED'],
    input: () => ({ items: [1, 2, 3, 4, 5] }),
    definition: {
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          ItemsPath: '$.items',
          MaxConcurrency: 3,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'C',
            States: {
              C: { Type: 'Choice', Choices: [{ Variable: '$', NumericEquals: 2, Next: 'V' }], Default: 'D' },
              V: { Type: 'Wait', Seconds: 1, Next: 'D' },
              D: { Type: 'Pass', End: true },
            },
          },
          ResultPath: '$.results',
          Next: 'S',
        },
        S: {
          Type: 'Choice',
          Choices: [
            {
              And: [1, 2, 3, 4, 5].map((item, at) => ({ Variable: `$.results[${at}]`, NumericEquals: item })),
              Next: 'E',
            },
          ],
          Default: 'L',
        },
        L: { Type: 'Fail', Error: 'Children.Lost' },
        E: end,
      },
    },
  },
  asks: {
    ends: ['SUCCEEDED'],
    input: () => ({}),
    definition: {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Parameters: {
            FunctionName: functionArn('callback'),
            Payload: { 'taskToken.$': '$$.Task.Token', 'execution.$': '$$.Execution.Name' },
          },
          ResultPath: '$.result',
          TimeoutSeconds: 5,
          HeartbeatSeconds: 2,
          Retry: retried(30, 'States.Timeout', 'States.HeartbeatTimeout', 'Worker.Failed'),
          Catch: caught('E'),
          Next: 'E',
        },
        E: end,
      },
    },
  },
  grandparent: {
    ends: ['SUCCEEDED', 'FAILED'],
    input: () => ({}),
    definition: {
      StartAt: 'N',
      States: { N: nested('parent', { Retry: retried(1, 'States.TaskFailed'), Next: 'E' }), E: end },
    },
  },
  parent: {
    ends: ['SUCCEEDED', 'FAILED'],
    input: () => ({}),
    definition: {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: ['child', 'asks'].map((machine) => ({
            StartAt: machine,
            States: { [machine]: nested(machine, { End: true }) },
          })),
          ResultPath: '$.results',
          End: true,
        },
      },
    },
  },
  child: {
    ends: ['SUCCEEDED', 'FAILED'],
    input: () => ({}),
    definition: {
      StartAt: 'W',
      States: {
        W: { Type: 'Wait', Seconds: 1, Next: 'F' },
        F: lambda('flaky', { Retry: retried(1, 'Flaky'), End: true }),
      },
    },
  },
  brittle: {
    ends: ['SUCCEEDED', 'FAILED'],
    input: () => ({ items: [1, 2, 3] }),
    definition: {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'M', States: { M: { ...flakyMap(2, {}), End: true } } },
            { StartAt: 'L', States: { L: lambda('local', { Next: 'R' }), R: lambda('remote', { End: true }) } },
          ],
          ResultPath: '$.results',
          End: true,
        },
      },
    },
  },
};
