import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { ApiResponse } from '../api/request';
import type { Metrics } from './aws';
import { endOf, METRIC_OF } from './metrics';

const EXECUTION_SECONDS = [0.1, 0.5, 1, 5, 30, 60, 300, 3_600, 86_400];
/** The last two: a long poll that got nothing, and one that its process did not end. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 20, 61];

export interface PrometheusMetrics extends Metrics {
  received(queue: string): void;
  /** What a scrape gets. */
  page(): Promise<ApiResponse>;
}

/** Counts for Prometheus: what AWS counts, as `stepwell_executions_started_total`, and how the process does. */
export function createPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counters = new Map(
    Object.entries(METRIC_OF).map(([type, name]) => [type, new Counter({ ...counterOf(name), registers })]),
  );
  const executionTime = new Histogram({
    name: 'stepwell_execution_time_seconds',
    help: 'ExecutionTime: from the start of an execution to its end.',
    buckets: EXECUTION_SECONDS,
    registers,
  });
  const requests = new Histogram({
    name: 'stepwell_api_request_seconds',
    help: 'Requests of the API by action and status, and how long they took; GetActivityTask waits for a task.',
    labelNames: ['action', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const receives = new Counter({
    name: 'stepwell_queue_receives_total',
    help: 'Messages that this process took from a queue.',
    labelNames: ['queue'],
    registers,
  });
  const failures = new Counter({
    name: 'stepwell_queue_failures_total',
    help: 'Messages that could not be handled and come again, and polls that failed; the log says why.',
    registers,
  });
  return {
    committed(_, startMs, events) {
      for (const { type } of events) counters.get(type)?.inc();
      const end = endOf(events);
      if (end) executionTime.observe((end.timestampMs - startMs) / 1000);
    },
    // Not what a client sent: anybody could make as many series as it likes.
    answered: ({ action = 'none', status, tookMs }) => requests.observe({ action, status }, tookMs / 1000),
    received: (queue) => receives.inc({ queue }),
    queueFailed: () => failures.inc(),
    async page() {
      return { status: 200, headers: ['Content-Type', registry.contentType], body: await registry.metrics() };
    },
  };
}

function counterOf(name: string): { name: string; help: string } {
  const words = name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return { name: `stepwell_${words}_total`, help: `${name}, as CloudWatch counts them for Step Functions.` };
}
