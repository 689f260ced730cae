import type { AwsService } from './aws';

const AHEAD_MS = 15 * 60_000;
const BATCH = 500;

/** What is done for a whole deployment, by one process at a time if possible: doing it twice is harmless. */
export interface MinuteWork {
  minute(): Promise<void>;
  audit(): Promise<void>;
}

/** Stands in until timers over 15 minutes are kept in their table. */
export function createMinuteWork({ runtime, store }: AwsService): MinuteWork {
  return {
    async minute() {},
    async audit() {
      await runtime.auditor.recoverDeletions();
      await runtime.auditor.recover(0, Date.now() + AHEAD_MS);
      let next: string | undefined;
      do next = await store.renewOpen(Date.now(), next, BATCH);
      while (next !== undefined);
    },
  };
}
