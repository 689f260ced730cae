const PATIENCE_MS = 15_000;
const EVERY_MS = 5;

/** Asks again until the answer holds; then answers it. Fails after a time that no healthy run needs. */
export async function eventually<T>(ask: () => T | Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const giveUpMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > giveUpMs) throw new Error(`still ${JSON.stringify(answer)} after ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
