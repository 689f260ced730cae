import { handleBatch, type QueueEvent } from '../lib/host/lambda-messages';
import { createLambdaHost, type InvocationContext } from '../lib/host/lambda-service';

const open = createLambdaHost();

/** Messages of the queue `tasks`: Lambda functions that executions want invoked. */
export const handler = async (event: QueueEvent, context: InvocationContext) => {
  const host = await open(context);
  const { tasks: queue, runtime } = host.service;
  return handleBatch(event, host, {
    queue,
    handle: (delivery) => runtime.tasks.handle(delivery),
    isLong: true,
  });
};
