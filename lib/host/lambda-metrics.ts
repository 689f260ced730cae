import type { HistoryEvent } from '../engine/history-event';
import type { RunRef } from '../ports/run-ref';
import type { Arns } from '../runtime/arns';
import type { Metrics } from './aws';
import { endOf, METRIC_OF } from './metrics';

/** Where CloudWatch keeps what the functions report; names that begin with AWS are AWS's own. */
export const METRIC_NAMESPACE = 'Stepwell';
/** Each metric is there once for all state machines of a deployment, and once for each. */
const DIMENSIONS = [['Deployment'], ['Deployment', 'StateMachineArn']];
const EXECUTION_TIME = 'ExecutionTime';
/** CloudWatch takes no more values of one metric in a line. */
const VALUES_MAX = 100;

/**
 * What AWS counts of Step Functions, under its names, as lines of the embedded metric format: CloudWatch makes metrics
 * of them, and nobody waits for a call. What one invocation did is one line for each state machine.
 */
export class EmbeddedMetrics implements Metrics {
  private counted = new Map<string, { counts: Map<string, number>; executionMs: number[] }>();

  constructor(
    private readonly deployment: string,
    private readonly arns: Arns,
    private readonly write: (line: string) => void,
  ) {}

  committed({ machineName }: RunRef, startMs: number, events: readonly HistoryEvent[]): void {
    for (const { type } of events) {
      const name = METRIC_OF[type];
      if (name === undefined) continue;
      const { counts } = this.of(machineName);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const end = endOf(events);
    if (!end) return;
    const { executionMs } = this.of(machineName);
    executionMs.push(end.timestampMs - startMs);
    if (executionMs.length === VALUES_MAX) this.flush();
  }

  /** API Gateway counts calls, and their answers. */
  answered(): void {}

  /** The log says it, with the execution's ARN. */
  queueFailed(): void {}

  /** Writes what was counted since the last time. */
  flush(): void {
    const { counted } = this;
    this.counted = new Map();
    for (const [machineName, { counts, executionMs }] of counted) {
      const metrics = [...counts.keys()].map((Name) => ({ Name, Unit: 'Count' }));
      if (executionMs.length > 0) metrics.push({ Name: EXECUTION_TIME, Unit: 'Milliseconds' });
      const line = {
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: DIMENSIONS, Metrics: metrics }],
        },
        Deployment: this.deployment,
        StateMachineArn: this.arns.machine(machineName),
        ...Object.fromEntries(counts),
        ...(executionMs.length > 0 && { [EXECUTION_TIME]: executionMs }),
      };
      this.write(`${JSON.stringify(line)}\n`);
    }
  }

  private of(machineName: string) {
    let counted = this.counted.get(machineName);
    if (!counted) {
      counted = { counts: new Map(), executionMs: [] };
      this.counted.set(machineName, counted);
    }
    return counted;
  }
}
