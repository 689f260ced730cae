/**
 * Does work in `width` lanes until `count` pieces are done, or none is begun any more because `ms` have passed.
 * Gives the results, and the seconds until the last.
 */
export async function inLanes({ width, count = Infinity, ms = Infinity }, work) {
  const results = [];
  const startMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count && performance.now() - startMs < ms) {
      const i = next++;
      results[i] = await work(i);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return { results, seconds: (performance.now() - startMs) / 1000 };
}

/** The value that `percent` of the values do not exceed; undefined without any. */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export function median(values) {
  return percentile(values, 50);
}

/** At most `count` of the items, evenly spread. */
export function sample(items, count) {
  const step = Math.max(1, Math.ceil(items.length / count));
  return items.filter((_, i) => i % step === 0);
}
