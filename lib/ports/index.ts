import type { ActivityQueues } from './activity-queues';
import type { Clock, Ids } from './clock';
import type { ExecutionLog } from './execution-log';
import type { Executions } from './executions';
import type { Functions } from './functions';
import type { Journal } from './journal';
import type { Observer } from './observer';
import type { OwnApi } from './own-api';
import type { AdvanceMessage, Queue, TaskMessage } from './queue';
import type { Registry } from './registry';
import type { Services } from './services';

/** All that the runtime asks of the world. */
export interface Ports {
  registry: Registry;
  executions: Executions;
  journal: Journal;
  advance: Queue<AdvanceMessage>;
  tasks: Queue<TaskMessage>;
  activityQueues: ActivityQueues;
  functions: Functions;
  services: Services;
  ownApi: OwnApi;
  clock: Clock;
  ids: Ids;
  observer?: Observer;
  /** Undefined where nobody reads it. */
  executionLog?: ExecutionLog;
}
