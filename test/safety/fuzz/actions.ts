import { activityArn, executionArn, machineArn, ROLE_ARN } from '../wire';

/** Resources that exist while the fuzz runs, for requests that get past the first checks. */
export const FIXTURES = { activity: 'fixture', machine: 'fixture', execution: 'fixture', waiting: 'waiting' };

const machine = machineArn(FIXTURES.machine);
const activity = activityArn(FIXTURES.activity);
const execution = executionArn(FIXTURES.machine, FIXTURES.execution);
const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
const taskToken = 'no-token-of-ours';
const tags = [{ key: 'k', value: 'v' }];
const page = { maxResults: 10, nextToken: 'no-token-of-ours' };

/** A body with every member that an action takes. GetActivityTask is not among them: it would wait. */
export const BODIES: Record<string, Record<string, unknown>> = {
  CreateActivity: { name: FIXTURES.activity, tags, encryptionConfiguration: { type: 'AWS_OWNED_KEY' } },
  CreateStateMachine: {
    name: FIXTURES.machine,
    definition,
    roleArn: ROLE_ARN,
    type: 'STANDARD',
    loggingConfiguration: { level: 'OFF', includeExecutionData: false, destinations: [] },
    tracingConfiguration: { enabled: false },
    publish: true,
    versionDescription: 'first',
    tags,
  },
  DeleteActivity: { activityArn: activityArn('nobody') },
  DeleteStateMachine: { stateMachineArn: machineArn('nobody') },
  DescribeActivity: { activityArn: activity },
  DescribeExecution: { executionArn: execution, includedData: 'ALL_DATA' },
  DescribeStateMachine: { stateMachineArn: machine, includedData: 'ALL_DATA' },
  GetExecutionHistory: { executionArn: execution, reverseOrder: true, includeExecutionData: true, ...page },
  ListActivities: page,
  ListExecutions: { stateMachineArn: machine, statusFilter: 'RUNNING', ...page },
  ListStateMachines: page,
  ListTagsForResource: { resourceArn: machine },
  SendTaskFailure: { taskToken, error: 'E', cause: 'C' },
  SendTaskHeartbeat: { taskToken },
  SendTaskSuccess: { taskToken, output: '{}' },
  StartExecution: { stateMachineArn: machine, name: FIXTURES.execution, input: '{}', traceHeader: 'trace' },
  // Refused for its type, after all that is looked at before.
  StartSyncExecution: {
    stateMachineArn: machine,
    name: 'n',
    input: '{}',
    traceHeader: 'trace',
    includedData: 'ALL_DATA',
  },
  StopExecution: { executionArn: execution, error: 'E', cause: 'C' },
  TagResource: { resourceArn: machine, tags },
  UntagResource: { resourceArn: machine, tagKeys: ['k'] },
};

export const ACTION_NAMES = Object.keys(BODIES);
