import type { Ports } from '../../lib/ports';
import type { Head } from '../../lib/ports/executions';

/** The ports of records over one store, and how to let go of it. */
export interface Records extends Pick<Ports, 'journal' | 'executions' | 'registry'> {
  close(): Promise<void>;
}

/** Opens a store of its own for one suite. */
export type OpenRecords = () => Promise<Records>;

/** The head as it is stored. */
export const get = ({ executions }: Records, { machineId, name, startMs }: Head): Promise<Head | undefined> =>
  executions.get(machineId, name, startMs);
