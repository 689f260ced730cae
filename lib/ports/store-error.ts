/**
 * The store did not answer, or refused: disk full, read-only file, throttled, timed out. Whether a write landed is
 * unknown to the caller. The API answers ServiceUnavailable; a worker leaves its message to redelivery.
 */
export class StoreUnavailable extends Error {}
