/**
 * The tables, as data: what `createTables` makes, and a stack. Keys are texts, billing is on demand. Only features that
 * DynamoDB-compatible stores have too: no transactions, no local indexes, nothing that depends on what an index leaves
 * out. All tables are there from the first day: an index cannot be added later everywhere.
 */
export interface TableDescription {
  partitionKey: string;
  sortKey: string;
  /** Holds the time, in seconds, from which the store may remove an item. */
  expiry: string;
  indexes: readonly IndexDescription[];
}

interface IndexDescription {
  name: string;
  partitionKey: string;
  sortKey: string;
  /** What it holds beside all keys. */
  attributes: readonly string[];
}

/**
 * | table      | partition               | sort                | item                                                 |
 * | ---------- | ----------------------- | ------------------- | ---------------------------------------------------- |
 * | registry   | MACHINE                 | name                | state machine                                        |
 * |            | ACTIVITY                | name                | activity                                             |
 * |            | PUBLICATIONS            | machineId           | versions and aliases of a state machine              |
 * |            | D#machineId#revision    | part                | definition, deflated, at most 350 KB an item         |
 * |            | KEY                     | access key id       | who it is, what it may do                            |
 * |            | STARTED                 | machineId#shard     | "there may be open executions in this list"          |
 * |            | DEPLOYMENT              | schema, secret      | what all processes share                             |
 * |            | LEASE                   | name                | which process does some work, and until when         |
 * |            | NOTE                    | name                | how far some work came                               |
 * | executions | machineId, or machineId/label of children | name | head; or, before there is one, runs that may not start |
 * | journal    | runId                   | C#eventId.sub       | commit                                               |
 * |            | runId                   | P#attempt#part      | part of a body or an input that is too long for one item |
 * |            | runId                   | B#taskEventId       | heartbeat                                            |
 * | timers     | minute#shard            | ms#runId#type#from  | message that waits for longer than a queue holds it  |
 * |            | CURSOR                  | minute              | the first minute that may hold timers                |
 */
export const TABLES = {
  registry: { partitionKey: 'kind', sortKey: 'name', expiry: 'ttl', indexes: [] },
  executions: {
    partitionKey: 'machineId',
    sortKey: 'name',
    expiry: 'ttl',
    indexes: [
      {
        name: 'list',
        partitionKey: 'list',
        sortKey: 'place',
        attributes: ['machineName', 'runId', 'status', 'startMs', 'stopMs', 'expireAtMs'],
      },
    ],
  },
  journal: { partitionKey: 'runId', sortKey: 'entry', expiry: 'ttl', indexes: [] },
  timers: { partitionKey: 'bucket', sortKey: 'entry', expiry: 'ttl', indexes: [] },
} as const satisfies Record<string, TableDescription>;

export type TableName = keyof typeof TABLES;
