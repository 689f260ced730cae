import type { ExecutionStatus } from '../../engine/snapshot';
import { readEnd } from '../../runtime/describe';
import { arn, defineAction, includedData, required, seconds } from '../action';
import { findExecution } from '../lookup';

export const describeExecution = defineAction({
  shape: (limits) => ({ executionArn: required(arn(limits)), includedData }),

  async handle(runtime, { executionArn, includedData = 'ALL_DATA' }) {
    const head = await findExecution(runtime, executionArn);
    const { status, end } = await readEnd(runtime.runs, head);
    const isIncluded = includedData === 'ALL_DATA';
    const output = isIncluded ? end?.output?.text : undefined;
    return {
      executionArn,
      stateMachineArn: runtime.settings.arns.machine(head.machineName),
      ...runtime.settings.arns.versionOf(head),
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
      redriveCount: 0,
      ...redrive(status),
    };
  },
});

function redrive(status: ExecutionStatus): object {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return {
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}
