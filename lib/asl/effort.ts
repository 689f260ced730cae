/** One state may take this many steps, of about 20 ns each; more than any document of 256 KiB needs in earnest. */
const STATE_STEPS_MAX = 1_000_000;

/**
 * Counts what evaluating paths and rules costs. So no state of a hostile definition can hold the event loop, and
 * whoever runs one state after the other knows when to pause.
 */
export class Effort {
  /** By all states so far. */
  total = 0;
  private left = STATE_STEPS_MAX;

  /** Another state begins. */
  renew(): void {
    this.left = STATE_STEPS_MAX;
  }

  spend(steps: number): void {
    this.total += steps;
    this.left -= steps;
  }

  /** What is done for a state beside its work: it cannot help that. */
  prepare(steps: number): void {
    this.total += steps;
  }

  /** The state has taken too much: what it found since is not to be relied on. */
  get isExhausted(): boolean {
    return this.left < 0;
  }
}
