import type { Outcome } from './scenario';

const LINES_MAX = 150;

/** A failing seed in words: what was violated, how to see it again, and what each process did with the run concerned. */
export function report({ seed, violations, lines }: Outcome): string {
  const runIds = new Set(violations.map(({ runId }) => runId));
  const runId = violations.find((violation) => violation.runId !== undefined)?.runId;
  const concerned = lines.filter(
    (line) => line.runId === runId || (!line.runId && /DIES|STALLS|VIOLATION/.test(line.text)),
  );
  return [
    `seed ${seed}: ${violations.length} violations, ${runIds.size} runs. Again: STEPWELL_SEED=${seed} npx jest test/simulation`,
    ...violations.slice(0, 10).map(({ text }) => `  ${text}`),
    `what happened to run ${runId} (time in s, process, message or request, call -> answer):`,
    ...concerned.slice(-LINES_MAX).map(({ text }) => text.slice(0, 220)),
  ].join('\n');
}

/** The counts of many seeds, one line: seeds, runs, each crash point and fault, violations. */
export function countsLine(seeds: number, counts: ReadonlyMap<string, number>, violations: number): string {
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${what}: ${times}`);
  return `seeds: ${seeds}, ${sorted.join(', ')}, violations: ${violations}`;
}
