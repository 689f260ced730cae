import type { RunRef } from '../ports/run-ref';

/**
 * Children of a distributed Map are named as executions of the state machine `machine/label`, which nobody can create: so
 * their ARNs are AWS's, and they have lists and names of their own. Their definition is a part of the machine's.
 */

type MachineRef = Pick<RunRef, 'machineName' | 'machineId'>;

/** The state machine of an execution, whose record there is. */
export const machineOf = ({ machineName, machineId }: MachineRef): MachineRef => ({
  machineName: machineNameOf(machineName),
  machineId: before(machineId),
});

export const machineNameOf = (machineName: string): string => before(machineName);

/** Of a child: the label of the Map state that it belongs to. */
export function labelIn(name: string): string | undefined {
  const slash = name.indexOf('/');
  return slash < 0 ? undefined : name.slice(slash + 1);
}

/** What the children of a map run are executions of. */
export function childMachine(of: MachineRef, mapRun: string): MachineRef {
  const { machineName, machineId } = machineOf(of);
  return withLabel(machineName, machineId, mapRun.split(':')[0]);
}

export const withLabel = (machineName: string, machineId: string, label: string | undefined): MachineRef =>
  label === undefined
    ? { machineName, machineId }
    : { machineName: `${machineName}/${label}`, machineId: `${machineId}/${label}` };

function before(text: string): string {
  const slash = text.indexOf('/');
  return slash < 0 ? text : text.slice(0, slash);
}
