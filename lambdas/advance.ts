import { handleBatch, type QueueEvent } from '../lib/host/lambda-messages';
import { createLambdaHost, type InvocationContext } from '../lib/host/lambda-service';

const invoke = createLambdaHost();

/** Messages of the queue `advance`: turns of executions. */
export const handler = (event: QueueEvent, context: InvocationContext) =>
  invoke(context, (host) => {
    const { advance: queue, runtime } = host.service;
    return handleBatch(event, host, {
      queue,
      handle: (delivery) => runtime.advance.handle(delivery),
      isLong: false,
    });
  });
