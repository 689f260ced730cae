import { checkSchema, NewerSchema } from '../adapters/dynamodb/schema';
import type { AwsService } from './aws';
import { systemClock } from './system';

/** Formats of tables have numbers since older code would misread what newer code writes: it has to stop in time. */
export interface SchemaWatch {
  readonly isNewer: boolean;
  /** As the service's; sees a newer format, too. */
  check(): Promise<void>;
  end(): void;
}

const LOOK_EVERY_MS = 60_000;

/** Looks each minute for the mark of a newer Stepwell; tells of it once. */
export function watchSchema(
  { store, check }: Pick<AwsService, 'store' | 'check'>,
  onNewer: (error: NewerSchema) => void,
): SchemaWatch {
  let isNewer = false;
  const see = (error: unknown) => {
    if (!(error instanceof NewerSchema) || isNewer) return;
    isNewer = true;
    onNewer(error);
  };
  // A store that does not answer is noticed by whoever works with it.
  const end = systemClock.every(LOOK_EVERY_MS, () => void checkSchema(store.database).catch(see));
  return {
    get isNewer() {
      return isNewer;
    },
    async check() {
      try {
        await check();
      } catch (error) {
        see(error);
        throw error;
      }
    },
    end,
  };
}
