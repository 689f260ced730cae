/**
 * The four rules (ARCHITECTURE.md, "Promise before commit"), as what they ask of whom. Each may be taken away, alone: then
 * something has to go wrong.
 */
export const RULES = {
  // Promise.
  startIsPromised: 'a start is promised before it is written',
  stopIsPromised: 'a stop is promised before it is written',
  loserPromisesAnew: 'who loses a slot promises the next one anew',
  appendIsConditional: 'an append wins only a slot that is empty',

  // Discharge.
  promiseDispatchesAll: 'a promise dispatches what is outstanding since the slot that it names',
  repeatDispatchesAll: 'a message that comes again dispatches what is outstanding since the slot that it names',
  retryDispatchesAll: 'a result that is tried again dispatches what is outstanding, whichever try was written',
  dispatchBeforeDelete: 'a message is deleted after its effects are dispatched',

  // Fence.
  promiseWaits: 'a promise whose write is not there yet comes again',
  startIsFenced: 'a promise that comes again without its start fences that',
  startMeetsFence: 'a start that is fenced is not written',
  turnIsFenced: 'a promise that comes again fences the next slot',
  taskIsFenced: 'the message of a task that comes again fences the next slot',

  // Lease, and claim.
  leaseCoversWrites: 'a worker whose lease has run out writes and deletes nothing more',
  leaseCoversCalls: 'a worker whose lease has run out calls no function',
  taskIsClaimed: 'a task that another message has claimed is dropped',
  claimIsKept: 'a task that this very message has claimed, and that comes again, is called again',
} as const;

export type Rule = keyof typeof RULES;
