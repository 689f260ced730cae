/**
 * Asks again until the answer holds; then answers it. Fails after a time that no healthy run needs. Time here is none
 * that a test can put forward.
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean,
  { patienceMs = 15_000, everyMs = 5 } = {},
): Promise<T> {
  const giveUpMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > giveUpMs) throw new Error(`still ${JSON.stringify(answer)} after ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
