/** Tasks that wait for somebody else's answer: their name, Resource, and what AWS says of them where the type is EXPRESS. */
export const WAITING_TASKS: readonly [name: string, resource: string, text: string][] = [
  [
    'Work',
    'arn:aws:states:us-east-1:123456789012:activity:work',
    'Express state machine does not support Activity ARN',
  ],
  [
    'Nested',
    'arn:aws:states:::states:startExecution.sync',
    "Express state machine does not support '.sync' service integration",
  ],
  [
    'Nested2',
    'arn:aws:states:::states:startExecution.sync:2',
    "Express state machine does not support '.sync' service integration",
  ],
  [
    'Ask',
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    "Express state machine does not support '.waitForTaskToken' service integration ",
  ],
];

const PARAMETERS: Record<string, object> = {
  Work: {},
  Nested: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:inner' },
  Nested2: { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:inner' },
  Ask: { FunctionName: 'ask', 'Payload.$': '$$.Task.Token' },
};

/** A machine in which each of them follows on the one before. */
export function machineOfTasks(tasks: readonly [name: string, resource: string, ...unknown[]][], comment = ''): object {
  const states = tasks.map(([name, Resource], index) => {
    const next = tasks[index + 1]?.[0];
    return [name, { Type: 'Task', Resource, Parameters: PARAMETERS[name], ...(next ? { Next: next } : { End: true }) }];
  });
  return { Comment: comment, StartAt: tasks[0]![0], States: Object.fromEntries(states) };
}
