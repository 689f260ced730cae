import type { Action } from '../action';
import { createActivity } from './create-activity';
import { createStateMachine } from './create-state-machine';
import { deleteActivity } from './delete-activity';
import { deleteStateMachine } from './delete-state-machine';
import { describeActivity } from './describe-activity';
import { describeExecution } from './describe-execution';
import { describeStateMachine } from './describe-state-machine';
import { getActivityTask } from './get-activity-task';
import { getExecutionHistory } from './get-execution-history';
import { listActivities } from './list-activities';
import { listExecutions } from './list-executions';
import { listStateMachines } from './list-state-machines';
import { listTagsForResource } from './list-tags-for-resource';
import { redriveExecution } from './redrive-execution';
import { sendTaskFailure } from './send-task-failure';
import { sendTaskHeartbeat } from './send-task-heartbeat';
import { sendTaskSuccess } from './send-task-success';
import { startExecution } from './start-execution';
import { stopExecution } from './stop-execution';
import { tagResource } from './tag-resource';
import { untagResource } from './untag-resource';

/** Every action, under the name that follows `AWSStepFunctions.` in X-Amz-Target. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['CreateActivity', createActivity],
  ['CreateStateMachine', createStateMachine],
  ['DeleteActivity', deleteActivity],
  ['DeleteStateMachine', deleteStateMachine],
  ['DescribeActivity', describeActivity],
  ['DescribeExecution', describeExecution],
  ['DescribeStateMachine', describeStateMachine],
  ['GetActivityTask', getActivityTask],
  ['GetExecutionHistory', getExecutionHistory],
  ['ListActivities', listActivities],
  ['ListExecutions', listExecutions],
  ['ListStateMachines', listStateMachines],
  ['ListTagsForResource', listTagsForResource],
  ['RedriveExecution', redriveExecution],
  ['SendTaskFailure', sendTaskFailure],
  ['SendTaskHeartbeat', sendTaskHeartbeat],
  ['SendTaskSuccess', sendTaskSuccess],
  ['StartExecution', startExecution],
  ['StopExecution', stopExecution],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
]);
