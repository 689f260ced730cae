import { serviceTaskOf } from '../asl/definition/integrations';
import { quoteJson } from '../asl/json';
import type { ExecutionEnd, ExecutionStatus, TaskWait } from '../engine/snapshot';
import type { Head } from '../ports/executions';
import type { TaskResult } from '../ports/queue';
import type { Arns } from './arns';

/** An execution that a task waits for, as it stands. */
export interface ChildEnd {
  head: Head;
  status: ExecutionStatus;
  end: ExecutionEnd | undefined;
}

const CAUSE_MAX = 32_768;

/**
 * What the end of a nested execution is to its task: what DescribeExecution says of it, with members that begin with
 * capitals (recorded on AWS). `.sync:2` gives input and output as JSON, `.sync` as text.
 */
export function outcomeOf({ kind, resource }: TaskWait, child: ChildEnd | undefined, arns: Arns): TaskResult {
  if (!child) return { error: 'States.TaskFailed', cause: 'The execution is not there any more.' };
  if (kind === 'child') return outcomeOfItem(child);
  const isSuccess = child.status === 'SUCCEEDED';
  const isJson = isSuccess && serviceTaskOf(resource)?.pattern === 'sync:2';
  const text = describe(child, arns, isJson ? (json) => json : quoteJson);
  return isSuccess ? { output: text } : { error: 'States.TaskFailed', cause: text.slice(0, CAUSE_MAX) };
}

/** What the end of a child is to the item of a distributed Map that it ran. */
function outcomeOfItem({ status, end }: ChildEnd): TaskResult {
  if (status === 'SUCCEEDED') return { output: end?.output?.text ?? 'null' };
  return { error: end?.error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : undefined), cause: end?.cause };
}

function describe({ head, status, end }: ChildEnd, arns: Arns, shown: (json: string) => string): string {
  const { stateMachineVersionArn, stateMachineAliasArn } = arns.versionOf(head);
  const quoted = (text: string | undefined) => (text === undefined ? undefined : JSON.stringify(text));
  const members = [
    ['Cause', quoted(end?.cause)],
    ['Error', quoted(end?.error)],
    ['ExecutionArn', JSON.stringify(arns.execution(head.machineName, head.name))],
    ['Input', shown(head.input)],
    ['InputDetails', '{"Included":true}'],
    ['Name', JSON.stringify(head.name)],
    ['Output', end?.output && shown(end.output.text)],
    ['OutputDetails', end?.output && '{"Included":true}'],
    ['StartDate', String(head.startMs)],
    ['StateMachineAliasArn', quoted(stateMachineAliasArn)],
    ['StateMachineArn', JSON.stringify(arns.machine(head.machineName))],
    ['StateMachineVersionArn', quoted(stateMachineVersionArn)],
    ['Status', JSON.stringify(status)],
    ['StopDate', end && String(end.stopMs)],
    ['TraceHeader', quoted(head.traceHeader)],
  ].filter(([, text]) => text !== undefined);
  return `{${members.map(([name, text]) => `"${name}":${text}`).join(',')}}`;
}
