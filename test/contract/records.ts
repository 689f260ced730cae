import type { Ports } from '../../lib/ports';

/** The ports of records over one store, and how to let go of it. */
export interface Records extends Pick<Ports, 'journal' | 'executions' | 'registry'> {
  close(): Promise<void>;
}

/** Opens a store of its own for one suite. */
export type OpenRecords = () => Promise<Records>;
