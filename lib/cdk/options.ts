import type { LogLevel } from '../host/log';

/** What a deployment can be told. Everything has a default. */
export interface StepwellOptions {
  /** Begins the names of tables, queues and functions; one deployment of a name in an account and region. `stepwell`. */
  name?: string;
  /** The stage of the API: the last part of the endpoint. `prod`. */
  stage?: string;
  /** How long closed executions are kept. 90. */
  retentionDays?: number;
  /** How long GetActivityTask waits: 20, or up to 60, for which answers are streamed. */
  pollSeconds?: number;
  /** Limits that differ from today's, or `2017` for those of that year. */
  limits?: Record<string, unknown> | '2017';
  /** `warn`. */
  logLevel?: LogLevel;
  /** How long logs are kept: a number of days that CloudWatch knows. 30. */
  logRetentionDays?: number;
  /** Functions that executions may invoke, as ARN patterns. All of this account and region. */
  invokes?: readonly string[];
  /**
   * Log groups that executions may be logged to, as state machines' loggingConfiguration asks: names, or patterns of
   * them like `/aws/vendedlogs/states/*`. None: nothing is logged.
   */
  logGroups?: readonly string[];
  /** What tasks may do with other services, as statements of a policy: actions and ARNs. Nothing. */
  taskPermissions?: readonly TaskPermission[];
  /** A name of its own for the endpoint, and `sync-` before it for the calls that SDKs send there. */
  domain?: DomainOptions;
  /** Invocations of each function that are set aside for it. None: the account's are shared. */
  reservedConcurrency?: Partial<Record<FunctionName, number>>;
  /** Batches of messages that are handled at once, at most: 2 to 1,000. 50 turns, 50 tasks. */
  maximumConcurrency?: Partial<Record<'advance' | 'task', number>>;
  /** Requests a second that the API takes, and how many may come at once. The account's. */
  requestRate?: { perSecond: number; burst: number };
  /** Where alarms are told: the ARN of an SNS topic, or an address for which one is made. */
  alarmTopicArn?: string;
  alarmEmail?: string;
  /** Whether tables, secret and logs go with the stack. They stay. */
  removesData?: boolean;
  /** Whether queues refuse what does not come over TLS. They do; emulators have none. */
  requiresTls?: boolean;
}

export interface TaskPermission {
  /** `sqs:SendMessage` */
  actions: readonly string[];
  resources: readonly string[];
}

export interface DomainOptions {
  name: string;
  /** In the same region; for the name and its `sync-` sibling. */
  certificateArn: string;
  /** Where to point the names at it; none: that is done elsewhere. */
  hostedZone?: { id: string; name: string };
}

export const FUNCTION_NAMES = ['api', 'advance', 'task', 'sync', 'timers', 'audit'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** An option says what cannot be. */
export class BadOption extends Error {}
