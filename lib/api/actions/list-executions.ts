import type { ExecutionStatus } from '../../engine/snapshot';
import type { HeadSummary, ListPosition } from '../../ports/executions';
import type { Runtime } from '../../runtime';
import { arn, defineAction, longArn, oneOf, page, seconds, text } from '../action';
import { ApiError } from '../errors';
import { type FoundMachine, findQualified } from '../lookup';
import { checkMapRunArn } from '../names';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** Newest first. */
export const listExecutions = defineAction({
  shape: (limits) => ({
    stateMachineArn: arn(limits),
    statusFilter: oneOf('SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'),
    mapRunArn: longArn,
    redriveFilter: oneOf('REDRIVEN', 'NOT_REDRIVEN'),
    maxResults: page.maxResults,
    nextToken: text(1, 3096),
  }),

  async handle(runtime, input) {
    const { stateMachineArn, mapRunArn, statusFilter } = input;
    if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
      throw new ApiError('ValidationException', 'Must specify exactly one of: [stateMachineArn, mapRunArn]');
    }
    if (stateMachineArn === undefined) throw noSuchMapRun(runtime, mapRunArn!);
    if (input.redriveFilter !== undefined || statusFilter === 'PENDING_REDRIVE') {
      throw new ApiError('ValidationException', 'redriveFilter and PENDING_REDRIVE need a mapRunArn');
    }
    const found = await findQualified(runtime, stateMachineArn);
    const { machine } = found;
    if (machine.type === 'EXPRESS') throw new ApiError('StateMachineTypeNotSupported');
    const qualifier = found.alias?.name ?? found.version?.version;
    const bound = [machine.machineId, statusFilter, ...(qualifier === undefined ? [] : [qualifier])];
    const after = pagePosition<ListPosition>(runtime, 'ListExecutions', bound, input.nextToken);
    const status = statusFilter as ExecutionStatus | undefined;
    const { heads, next } = await pageOf(runtime, found, { status, after, limit: pageSize(input.maxResults) });
    return {
      executions: heads.map((head) => ({
        executionArn: runtime.settings.arns.execution(machine.name, head.name),
        stateMachineArn: runtime.settings.arns.machine(machine.name),
        ...runtime.settings.arns.versionOf(head),
        name: head.name,
        status: head.status,
        startDate: seconds(head.startMs),
        stopDate: head.stopMs === undefined ? undefined : seconds(head.stopMs),
        redriveCount: head.redrive?.count ?? 0,
        redriveDate: head.redrive && seconds(head.redrive.atMs),
      })),
      nextToken: next && pageToken(runtime, 'ListExecutions', bound, next),
    };
  },
});

/** No map run is there yet. Throws InvalidArn for what names none. */
function noSuchMapRun({ settings }: Runtime, arn: string): ApiError {
  checkMapRunArn(settings.arns, arn);
  return new ApiError('ResourceNotFound', arn, { resourceName: arn });
}

interface PageQuery {
  status: ExecutionStatus | undefined;
  after: ListPosition | undefined;
  limit: number;
}

/**
 * Lists are of whole machines: those of a version or alias are picked from them, so many at a time. Where few are, a
 * page may end early, even empty, and go on with its token.
 */
const PICKED_FROM = 1_000;
const LOOKS_MAX = 5;

async function pageOf(
  { ports }: Runtime,
  { machine, version, alias }: FoundMachine,
  { status, after, limit }: PageQuery,
): Promise<{ heads: HeadSummary[]; next: ListPosition | undefined }> {
  const isAll = !version && !alias;
  const size = isAll ? limit + 1 : PICKED_FROM;
  const heads: HeadSummary[] = [];
  let from = after;
  for (let look = 1; isAll ? look === 1 : look <= LOOKS_MAX; look++) {
    const nowMs = ports.clock.nowMs();
    const found = await ports.executions.list(machine.machineId, { status, after: from, limit: size, nowMs });
    for (const head of found) {
      const isWanted = isAll || (alias ? head.alias === alias.name : head.version === version?.version);
      // A token only where it leads to one more.
      if (isWanted && heads.length === limit) return { heads, next: from };
      from = { startMs: head.startMs, runId: head.runId };
      if (isWanted) heads.push(head);
    }
    if (found.length < size) return { heads, next: undefined };
  }
  return { heads, next: from };
}
