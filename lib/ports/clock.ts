/** Time. */
export interface Clock {
  nowMs(): number;
  /** Resolves at once when it is cut short. */
  sleep(ms: number, cut?: AbortSignal): Promise<void>;
  /**
   * For long work: what is answered resolves, each time, when others have had their turn. Of those who wait so, the one
   * that called it first goes on first.
   */
  placeInLine(): () => Promise<void>;
  /** Calls until the answered function is called. */
  every(ms: number, call: () => void): () => void;
}

/** Names that nobody else has, and dice. */
export interface Ids {
  /** 26 characters, ordered by time. */
  ulid(): string;
  uuid(): string;
  /** In [0, 1). */
  random(): number;
}
