/** Names one execution and the log of its run. A name may be used again later; a run id never is. */
export interface RunRef {
  machineName: string;
  machineId: string;
  /** The execution's name. */
  name: string;
  runId: string;
}
