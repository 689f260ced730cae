import { handleBatch, type QueueEvent } from '../lib/host/lambda-messages';
import { createLambdaHost, type InvocationContext } from '../lib/host/lambda-service';

const open = createLambdaHost();

/** Messages of the queue `advance`: turns of executions. */
export const handler = async (event: QueueEvent, context: InvocationContext) => {
  const host = await open(context);
  const { advance: queue, runtime } = host.service;
  return handleBatch(event, host, {
    queue,
    handle: (delivery) => runtime.advance.handle(delivery),
    isLong: false,
  });
};
