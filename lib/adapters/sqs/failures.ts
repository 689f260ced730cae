import { StoreUnavailable } from '../../ports/store-error';

/** What the caller of a port must know of an error of the SDK: the service did not do its work. */
export const unavailable = (error: unknown): StoreUnavailable =>
  error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(`SQS: ${nameOf(error)}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });

/** The name differs between SQS's two protocols, and services speak one or the other. */
export const isMissingQueue = (error: unknown): boolean => /QueueDoesNotExist|NonExistentQueue/.test(nameOf(error));

/** It was made with other attributes. */
export const isOtherwiseMade = (error: unknown): boolean => /QueueNameExists|QueueAlreadyExists/.test(nameOf(error));

/** Codes for a receipt whose message is gone, visible again, or with somebody else. */
export const isSpentReceipt = (code: string): boolean =>
  /ReceiptHandleIsInvalid|MessageNotInflight|InvalidParameterValue/.test(code);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
