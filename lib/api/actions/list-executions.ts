import type { ExecutionStatus } from '../../engine/snapshot';
import type { ListPosition } from '../../ports/executions';
import { arn, defineAction, oneOf, page, seconds, text } from '../action';
import { ApiError } from '../errors';
import { findMachine } from '../lookup';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** Newest first. */
export const listExecutions = defineAction({
  shape: (limits) => ({
    stateMachineArn: arn(limits),
    statusFilter: oneOf('SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'),
    mapRunArn: text(1, 2000),
    redriveFilter: oneOf('REDRIVEN', 'NOT_REDRIVEN'),
    maxResults: page.maxResults,
    nextToken: text(1, 3096),
  }),

  async handle(runtime, input) {
    const { stateMachineArn, mapRunArn, statusFilter } = input;
    if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
      throw new ApiError('ValidationException', 'Must specify exactly one of: [stateMachineArn, mapRunArn]');
    }
    if (stateMachineArn === undefined) throw new ApiError('ResourceNotFound', mapRunArn);
    if (input.redriveFilter !== undefined || statusFilter === 'PENDING_REDRIVE') {
      throw new ApiError('ValidationException', 'redriveFilter and PENDING_REDRIVE need a mapRunArn');
    }
    const machine = await findMachine(runtime, stateMachineArn);
    if (machine.type === 'EXPRESS') throw new ApiError('StateMachineTypeNotSupported');
    const { ports, settings } = runtime;
    const bound = [machine.machineId, statusFilter];
    const after = pagePosition<ListPosition>(runtime, 'ListExecutions', bound, input.nextToken);
    const size = pageSize(input.maxResults);
    const found = await ports.executions.list(machine.machineId, {
      status: statusFilter as ExecutionStatus | undefined,
      after,
      limit: size + 1,
      nowMs: ports.clock.nowMs(),
    });
    const shown = found.slice(0, size);
    const last = shown.at(-1);
    return {
      executions: shown.map(({ name, status, startMs, stopMs, redrive }) => ({
        executionArn: settings.arns.execution(machine.name, name),
        stateMachineArn,
        name,
        status,
        startDate: seconds(startMs),
        stopDate: stopMs === undefined ? undefined : seconds(stopMs),
        redriveCount: redrive?.count ?? 0,
        redriveDate: redrive && seconds(redrive.atMs),
      })),
      nextToken:
        last && found.length > size
          ? pageToken(runtime, 'ListExecutions', bound, { startMs: last.startMs, runId: last.runId })
          : undefined,
    };
  },
});
