import { handleBatch, type QueueEvent } from '../lib/host/lambda-messages';
import { createLambdaHost, type InvocationContext } from '../lib/host/lambda-service';

const invoke = createLambdaHost();

/** Messages of the queue `tasks`: Lambda functions that executions want invoked. */
export const handler = (event: QueueEvent, context: InvocationContext) =>
  invoke(context, (host) => {
    const { tasks: queue, runtime } = host.service;
    return handleBatch(event, host, {
      queue,
      handle: (delivery) => runtime.tasks.handle(delivery),
      isLong: true,
    });
  });
