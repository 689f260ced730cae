import { readEnd } from '../../runtime/describe';
import { IS_DELETING } from '../../runtime/redrive';
import { arn, defineAction, includedData, required, seconds } from '../action';
import { findExecution } from '../lookup';

export const describeExecution = defineAction({
  shape: (limits) => ({ executionArn: required(arn(limits)), includedData }),

  async handle(runtime, { executionArn, includedData = 'ALL_DATA' }) {
    const { head, machine } = await findExecution(runtime, executionArn);
    const { runs, ports, settings, discharge } = runtime;
    const described = await readEnd(runs, head, discharge);
    const { status, end, redrive } = described;
    const mapRun = head.startedBy?.mapRun;
    const isDeleting = machine.status === 'DELETING';
    const refusal = isDeleting ? IS_DELETING : described.refusal(ports.clock.nowMs(), settings.limits);
    const redrivable = mapRun === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN';
    const isIncluded = includedData === 'ALL_DATA';
    const output = isIncluded ? end?.output?.text : undefined;
    return {
      executionArn,
      stateMachineArn: runtime.settings.arns.machine(head.machineName),
      ...runtime.settings.arns.versionOf(head),
      mapRunArn: mapRun && settings.arns.mapRun(machine.name, mapRun),
      name: head.name,
      status,
      startDate: seconds(head.startMs),
      stopDate: end && seconds(end.stopMs),
      input: isIncluded ? head.input : undefined,
      inputDetails: { included: isIncluded },
      output,
      outputDetails: end?.output && { included: isIncluded },
      error: end?.error,
      cause: end?.cause,
      traceHeader: head.traceHeader,
      redriveCount: redrive?.count ?? 0,
      redriveDate: redrive && seconds(redrive.atMs),
      redriveStatus: refusal === undefined ? redrivable : 'NOT_REDRIVABLE',
      redriveStatusReason: refusal,
    };
  },
});
