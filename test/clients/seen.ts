import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ActivityListItem,
  CreateActivityOutput,
  CreateStateMachineOutput,
  DescribeActivityOutput,
  DescribeExecutionOutput,
  DescribeStateMachineOutput,
  ExecutionListItem,
  GetActivityTaskOutput,
  HistoryEvent,
  StartExecutionOutput,
  StateMachineListItem,
  StopExecutionOutput,
  Tag,
} from '@aws-sdk/client-sfn';

/** An answer as JSON: what the client shows as a date is a text like 2017-03-30T12:00:00.000Z. */
export type Told<T> = T extends Date ? string : T extends object ? { [Member in keyof T]: Told<T[Member]> } : T;

export interface Refusal {
  code: string;
  message: string;
}

/**
 * What a client saw on its journey. Each makes the same one, on a server of its own; the state machine is that of
 * orders.asl.json. All executions are given names, and pages sizes, so that nothing but dates and task tokens differs.
 */
export interface Seen {
  createdActivity: Told<CreateActivityOutput>;
  describedActivity: Told<DescribeActivityOutput>;
  createdMachine: Told<CreateStateMachineOutput>;
  describedMachine: Told<DescribeStateMachineOutput>;

  /** A worker waits for the first task before there is one. It shows life, then answers. */
  started: Told<StartExecutionOutput>;
  task: GetActivityTaskOutput;
  heartbeat: object;
  success: object;
  succeeded: Told<DescribeExecutionOutput>;

  history: Told<HistoryEvent>[];
  reversedHistory: Told<HistoryEvent>[];
  historyWithoutData: Told<HistoryEvent>[];
  /** By maxResults and nextToken, ten at a time. */
  historyPages: Told<HistoryEvent>[][];
  /** By the client's own paginator, in pages of 4. */
  paginatedHistory: Told<HistoryEvent>[];
  /** By the client's own paginator, which stops after five and resumes from the token that it gave. */
  resumedHistory: Told<HistoryEvent>[][];

  secondTask: GetActivityTaskOutput;
  failure: object;
  failed: Told<DescribeExecutionOutput>;
  failedHistory: Told<HistoryEvent>[];
  stop: Told<StopExecutionOutput>;
  aborted: Told<DescribeExecutionOutput>;

  executions: Told<ExecutionListItem>[];
  /** With the status FAILED. */
  failedExecutions: Told<ExecutionListItem>[];
  /** By maxResults and nextToken, two at a time. */
  executionPages: Told<ExecutionListItem>[][];
  /** By the client's own paginator, one at a time, like the next two. */
  paginatedExecutions: Told<ExecutionListItem>[];
  machines: Told<StateMachineListItem>[];
  activities: Told<ActivityListItem>[];
  /** By maxResults and nextToken, one at a time. */
  activityPages: Told<ActivityListItem>[][];

  /** Of the state machine: as it was created, with one more, and without the first. */
  tags: Tag[][];
  refusals: Refusal[];
  /** Each call of releases.json. */
  releases: unknown[];
}

export const DEFINITION_FILE = join(__dirname, 'orders.asl.json');
export const DEFINITION = readFileSync(DEFINITION_FILE, 'utf8');
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/orders';
/** As it is given; the service keeps it as it is, and hands it on without the spaces. */
export const INPUT = '{"order": 7, "to": "Łódź, 東京 😀"}';
export const arn = (type: string, name: string): string => `arn:aws:states:us-east-1:123456789012:${type}:${name}`;
