import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves of the young generation together. */
const YOUNG_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Lets the young generation grow to 8 MB and no further. By itself it grows to 32 MB under load and stays there, which
 * is most of what a thousand sleeping executions cost (bench W6: 8.3 -> 2.9 KiB each); throughput does not suffer.
 * The flag for a maximum is read at the start of the process only, the one for growth at each collection.
 */
export function keepYoungGenerationSmall(): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (!young || young.space_size < YOUNG_BYTES_MAX) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}
