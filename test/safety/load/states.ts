import { activityArn, functionArn } from '../wire';

/** What the definitions of the load are made of. */

export const end = { Type: 'Pass', End: true };
export const caught = (next: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.caught', Next: next }];
/** A worker whose task was lost in a crash answers never: the task times out and is given out again. */
export const retried = (MaxAttempts: number, ...ErrorEquals: string[]) => [
  { ErrorEquals, IntervalSeconds: 1, BackoffRate: 1, MaxAttempts },
];

export function activity(name: string, next: object, timeouts: object): object {
  return {
    Type: 'Task',
    Resource: activityArn(name),
    ResultPath: '$.result',
    ...timeouts,
    Retry: retried(30, 'States.Timeout', 'Worker.Failed'),
    ...next,
  };
}

/** What a crash interrupted may come again only after a quarter of an hour: a queue hides it for so long. */
export const lambda = (name: string, next: object) => ({
  Type: 'Task',
  Resource: functionArn(name),
  ResultPath: '$.result',
  TimeoutSeconds: 3_600,
  ...next,
});
