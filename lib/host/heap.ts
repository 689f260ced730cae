import type { Session } from 'node:inspector';
import { type EventLoopUtilization, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Log } from './log';

/** How often the process looks whether it is idle, once there was garbage to collect. */
const LOOK_MS = 100;
/** The share of the time since the last look that the event loop of an idle process was busy at most. */
const IDLE_UTILIZATION = 0.02;
/** What a heap has grown by where collecting it is worth it. */
const GROWN_BYTES = 8 * 1024 * 1024;
/** A heap with more in use is left to V8: collecting it all at once would stop the process for too long. */
const LARGE_HEAP_BYTES = 96 * 1024 * 1024;

/**
 * Has the heap collected, and what is free given back to the system, when the process falls idle after a load. By
 * itself V8 keeps the young generation that the load made (32 MB on Node 20, 128 MB on Node 24) and some ten seconds'
 * garbage for as long as nothing happens: most of what a thousand sleeping executions cost (bench W6: 8.9 KiB each
 * without, 2 with it). Nothing is done while there is work, nor where the heap has not grown.
 */
export function collectHeapWhenIdle(log: Log): void {
  // Some builds of Node have none.
  if (!process.features.inspector) return;
  const collect = collector();
  let timer: NodeJS.Timeout | undefined;
  let collectedBytes = 0;
  const look = (since: EventLoopUtilization) => {
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, since).utilization > IDLE_UTILIZATION) return lookLater(now);
    timer = undefined;
    const { total_heap_size, used_heap_size } = getHeapStatistics();
    if (used_heap_size > LARGE_HEAP_BYTES || total_heap_size < collectedBytes + GROWN_BYTES) return;
    collect(() => {
      collectedBytes = getHeapStatistics().total_heap_size;
      log.debug('the heap was collected', { heapBytes: collectedBytes, beforeBytes: total_heap_size });
    });
  };
  const lookLater = (since: EventLoopUtilization) => {
    timer = setTimeout(() => look(since), LOOK_MS).unref();
  };
  const onCollections = () => {
    if (timer === undefined) lookLater(performance.eventLoopUtilization());
  };
  new PerformanceObserver(onCollections).observe({ entryTypes: ['gc'] });
}

/** `gc()` of --expose-gc would leave the young generation as large as it is. Answers when it is done, after some 40 ms. */
function collector(): (then: () => void) => void {
  let session: Session | undefined;
  return async (then) => {
    // Loaded when it is first needed: the service is to start fast.
    const inspector = await import('node:inspector');
    if (session === undefined) {
      session = new inspector.Session();
      session.connect();
    }
    // It stays connected: V8 answers while it holds a lock that disconnecting takes, too.
    session.post('HeapProfiler.collectGarbage', then);
  };
}
