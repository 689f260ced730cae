import type { WireEvent } from '../../lawful-history';

/** What DescribeExecution says. */
export interface Described extends Record<string, unknown> {
  executionArn: string;
  status: string;
  input: string;
  output?: string;
}

interface Child extends Described {
  /** As its input tells. */
  parent: string;
  task: string;
}

/** A task's word on what it started, and how that ended; undefined where the task was given up. */
interface Report {
  parent: string;
  answer: WireEvent | undefined;
}

/** Executions that tasks started, beside what the histories of those tasks say of them. */
export class Families {
  private readonly children: Child[] = [];
  private readonly reports = new Map<string, Report[]>();
  /** Those that failed or were stopped at some time: with them, tasks whose start was under way. */
  private readonly broken = new Set<string>();

  note(described: Described, events: readonly WireEvent[]): void {
    const { executionArn } = described;
    const { parent, task } = JSON.parse(described.input);
    if (task !== undefined) this.children.push({ ...described, parent, task });
    if (events.some(({ type }) => /^Execution(Failed|Aborted)$/.test(type))) this.broken.add(executionArn);
    for (const { id, taskSubmittedEventDetails: submitted } of events) {
      if (submitted?.resourceType !== 'states') continue;
      const child: string = JSON.parse(submitted.output).ExecutionArn;
      const answer = events.find(({ previousEventId, type }) => previousEventId === id && /^Task(S|F|T)/.test(type));
      this.reports.set(child, [...(this.reports.get(child) ?? []), { parent: executionArn, answer }]);
    }
  }

  breaches(): string[] {
    const found: string[] = [];
    const tasks = new Set<string>();
    for (const child of this.children) {
      const { executionArn, parent, task } = child;
      const reports = this.reports.get(executionArn) ?? [];
      this.reports.delete(executionArn);
      if (tasks.has(task)) found.push(`a second execution was started for one task: ${executionArn}, ${task}`);
      tasks.add(task);
      const isTold = reports.length === 1 && reports[0]!.parent === parent;
      const isLost = reports.length === 0 && this.broken.has(parent);
      if (!isTold && !isLost) found.push(`${executionArn} is told ${reports.length} times, of ${parent}`);
      const [answer] = reports.flatMap((report) => report.answer ?? []);
      if (answer && !isTrue(answer, child)) found.push(`${executionArn} ended otherwise than ${parent} says`);
    }
    for (const [arn, [report]] of this.reports) found.push(`${report!.parent} tells of ${arn}, which is not there`);
    return found;
  }
}

/** Nobody stops one that is waited for. */
function isTrue({ taskSucceededEventDetails: succeeded }: WireEvent, { status, output }: Child): boolean {
  if (!succeeded) return status === 'FAILED';
  return status === 'SUCCEEDED' && JSON.stringify(JSON.parse(succeeded.output).Output) === output;
}
