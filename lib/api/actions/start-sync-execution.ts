import { defineAction, includedData, seconds } from '../action';
import { ApiError } from '../errors';
import { findStartable, readStart, startShape, versionOf } from '../startable';

const BILLED_STEP_MS = 100;
const BILLED_MEMORY_MB = 64;

/** Answers when the execution has ended, however it did. Starts one each time: no name is ever taken. */
export const startSyncExecution = defineAction({
  shape: (limits) => ({ ...startShape(limits), includedData }),

  async handle(runtime, { includedData = 'ALL_DATA', ...given }) {
    const asked = await readStart(runtime, given);
    const { stateMachineArn, testCase, name, input, traceHeader } = asked;
    const found = await findStartable(runtime, asked, 'EXPRESS');
    const { machine } = found;
    const version = await versionOf(runtime, found, stateMachineArn);
    const result = await runtime.express.run({ machine, version, name, input, testCase });
    // AWS documents no limit here but that of its capacity: requests are throttled then.
    if (result === 'full') throw new ApiError('ThrottlingException');
    const { executionArn, startMs, status, end } = result;
    const isIncluded = includedData === 'ALL_DATA';
    const steps = Math.max(1, Math.ceil((end.stopMs - startMs) / BILLED_STEP_MS));
    return {
      executionArn,
      stateMachineArn: runtime.settings.arns.machine(machine.name),
      name,
      status,
      startDate: seconds(startMs),
      stopDate: seconds(end.stopMs),
      input: isIncluded ? input : undefined,
      inputDetails: { included: isIncluded },
      output: isIncluded ? end.output?.text : undefined,
      outputDetails: { included: isIncluded },
      // Where one that is stored says nothing, its history has it.
      error: end.error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : undefined),
      cause: end.cause,
      traceHeader,
      billingDetails: {
        billedDurationInMilliseconds: steps * BILLED_STEP_MS,
        billedMemoryUsedInMB: BILLED_MEMORY_MB,
      },
    };
  },
});
