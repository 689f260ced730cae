/**
 * Work that one process at a time should do. A lease runs out by the clocks of those who ask for it, which differ: now
 * and then two may hold it, so that the work has to bear that.
 */
export interface Leases {
  /** Takes the lease, or holds it on, for so long from `nowMs`. False while another holder has it. */
  take(name: string, holder: string, nowMs: number, forMs: number): Promise<boolean>;
  /** Lets it go, if that holder has it. */
  release(name: string, holder: string): Promise<void>;
}
