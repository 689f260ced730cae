import type { TableName } from '../adapters/dynamodb/tables';
import type { FunctionName } from './options';

type TableAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

/** What one function does, and so what its role may. */
export interface Grant {
  tables: Partial<Record<TableName, readonly TableAction[]>>;
  /** Tables whose indexes it reads. */
  indexes: readonly TableName[];
  /** Queues that it sends to; it makes one anew that was deleted by hand. */
  sends: readonly ('advance' | 'tasks')[];
  activityQueues: readonly string[];
  /** Checks signatures. */
  readsMasterSecret: boolean;
  /** The functions that executions invoke. */
  invokesFunctions: boolean;
  /** Functions of the deployment that it has do some of its work. */
  invokesOwn: readonly FunctionName[];
  /** Calls what the option `taskPermissions` allows. */
  callsServices: boolean;
  /** Takes turns of executions, whose events are logged where that is switched on. */
  logsExecutions: boolean;
  /** Looks for queues whose activities are gone. */
  listsQueues: boolean;
}

/** Sending makes a queue that is missing, with its dead letters. */
const OFFERS = ['CreateQueue', 'GetQueueUrl', 'SendMessage'] as const;
const RECEIVES = ['DeleteQueue', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'] as const;

/** What a turn needs, whoever takes it. */
const TURN = {
  executions: ['GetItem', 'UpdateItem'],
  journal: ['GetItem', 'PutItem', 'UpdateItem', 'Query'],
  timers: ['GetItem', 'PutItem'],
} as const;

/** What the actions of the API need, also where a task calls them: nested executions, `aws-sdk:sfn`. */
const ACTIONS = {
  tables: {
    ...TURN,
    registry: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'],
    executions: ['GetItem', 'PutItem', 'UpdateItem'],
  },
  indexes: ['executions'],
  sends: ['advance', 'tasks'],
  activityQueues: [...OFFERS, ...RECEIVES],
} as const;

/** Runs tasks: calls what they call, and does what they ask of the API. */
const DOES_TASKS: Grant = {
  ...ACTIONS,
  readsMasterSecret: false,
  invokesFunctions: true,
  invokesOwn: [],
  callsServices: true,
  logsExecutions: true,
  listsQueues: false,
};

export const GRANTS: Record<FunctionName, Grant> = {
  api: {
    ...ACTIONS,
    readsMasterSecret: true,
    invokesFunctions: false,
    invokesOwn: ['sync'],
    callsServices: false,
    logsExecutions: true,
    listsQueues: false,
  },
  advance: {
    tables: { ...TURN, registry: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] },
    indexes: ['executions'],
    sends: ['advance', 'tasks'],
    activityQueues: OFFERS,
    readsMasterSecret: false,
    invokesFunctions: false,
    invokesOwn: [],
    callsServices: false,
    logsExecutions: true,
    listsQueues: false,
  },
  task: DOES_TASKS,
  sync: DOES_TASKS,
  timers: {
    tables: { registry: ['GetItem', 'PutItem'], timers: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] },
    indexes: [],
    sends: ['advance'],
    activityQueues: [],
    readsMasterSecret: false,
    invokesFunctions: false,
    invokesOwn: [],
    callsServices: false,
    logsExecutions: false,
    listsQueues: false,
  },
  audit: {
    tables: { ...TURN, registry: ['GetItem', 'PutItem', 'UpdateItem', 'Query'] },
    indexes: ['executions'],
    sends: ['advance', 'tasks'],
    activityQueues: [...OFFERS, 'DeleteQueue'],
    readsMasterSecret: false,
    invokesFunctions: false,
    invokesOwn: [],
    callsServices: false,
    logsExecutions: true,
    listsQueues: true,
  },
};
