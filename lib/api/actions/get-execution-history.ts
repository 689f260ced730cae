import { readHistory } from '../../runtime/history';
import { arn, boolean, defineAction, JsonText, page, required } from '../action';
import { HistoryWriter } from '../history-json';
import { findExecution } from '../lookup';
import { pagePosition, pageSize, pageToken } from '../page-token';

/** A page never grows beyond this, so that no history is too large to be read. */
const PAGE_BYTES_MAX = 4_000_000;

export const getExecutionHistory = defineAction({
  shape: (limits) => ({
    executionArn: required(arn(limits)),
    reverseOrder: boolean,
    includeExecutionData: boolean,
    ...page,
  }),

  async handle(runtime, input) {
    const { executionArn, reverseOrder = false, includeExecutionData = true } = input;
    const { head } = await findExecution(runtime, executionArn);
    const bound = [executionArn, head.runId, reverseOrder, includeExecutionData];
    const startAt = pagePosition<number>(runtime, 'GetExecutionHistory', bound, input.nextToken);
    const writer = new HistoryWriter(includeExecutionData);
    const found = await readHistory(runtime.ports, head, {
      startAt,
      order: reverseOrder ? 'down' : 'up',
      limit: pageSize(input.maxResults),
      bytesMax: PAGE_BYTES_MAX,
      sizeOf: (event) => writer.sizeOf(event),
      version: runtime.settings.arns.versionOf(head),
    });
    const nextToken =
      found.nextEventId === undefined ? undefined : pageToken(runtime, 'GetExecutionHistory', bound, found.nextEventId);
    return new JsonText(writer.page(found.events, nextToken));
  },
});
