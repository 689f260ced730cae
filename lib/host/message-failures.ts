import type { AdvanceMessage, TaskMessage } from '../ports/queue';
import type { Arns } from '../runtime/arns';
import type { Metrics } from './aws';
import { errorFields, type Log } from './log';

/** What passes by itself has passed before: what fails at this receive is for a person to see, long before it is given up. */
const ERROR_FROM_RECEIVE = 3;

/** Says in the log what a queue could not do; of a message, of which execution it was. */
export function tellMessageFailures(log: Log, arns: Arns, metrics: Pick<Metrics, 'queueFailed'> | undefined) {
  return (error: unknown, message?: AdvanceMessage | TaskMessage, receiveCount = 1): void => {
    metrics?.queueFailed();
    const level = receiveCount >= ERROR_FROM_RECEIVE ? 'error' : 'warn';
    log[level]('a message could not be handled; it comes again', {
      ...(message && 'run' in message && { executionArn: arns.execution(message.run.machineName, message.run.name) }),
      ...(message && { receiveCount }),
      ...errorFields(error),
    });
  };
}
