import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Both halves of the young generation together. */
const YOUNG_BYTES_MAX = 4 * 1024 * 1024;
/** What is in use of a heap that V8 may let grow as it likes again: collecting it takes too long to be done often. */
const LARGE_HEAP_BYTES = 64 * 1024 * 1024;

/**
 * Lets the young generation grow to 8 MB and no further, and has the old one collected after a fifth of it, rather than
 * at a multiple. By themselves the one grows to 32 MB under load and stays there, and the other keeps some ten seconds'
 * garbage: most of what a thousand sleeping executions cost (bench W6: 8.3 KiB each without both, 3 with them). It costs
 * throughput: a fifth of the transitions of 16 chains at once, and of starts (W1, W2). The flag for a maximum is read at
 * the start of the process only, those for growth at each collection.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20');
  let isYoungHeld = false;
  const observer = new PerformanceObserver((list) => {
    if (!isYoungHeld && youngBytes() >= YOUNG_BYTES_MAX) {
      setFlagsFromString('--semi-space-growth-factor=1');
      isYoungHeld = true;
    }
    const wasMajor = list.getEntries().some((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (!wasMajor || getHeapStatistics().used_heap_size < LARGE_HEAP_BYTES) return;
    setFlagsFromString('--heap-growing-percent=0');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}

const youngBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;

const kindOf = (entry: PerformanceEntry) => (entry as { detail?: { kind?: number } }).detail?.kind;
