/** State machines, activities and the deployment's secret. Reads see the caller's own writes. */
export interface Registry {
  /** Unless the name is taken; then answers the one that has it. */
  createMachine(machine: Machine, definition: string): Promise<'created' | { existing: Machine }>;
  machine(name: string): Promise<Machine | undefined>;
  /** What the machine was between two updates: it never changes, and stays for as long as executions may need it. */
  revision(machineId: string, revision: number): Promise<Revision | undefined>;
  /**
   * Makes `settings` and `definition` the machine's, if it is still as it was `before`: neither revised by another, nor
   * being deleted, nor gone. `settings.revision` is a higher number, which is lost too if another attempt ever had it. An
   * earlier attempt of the same call that did land counts as revised.
   */
  reviseMachine(before: Machine, settings: MachineSettings, definition: string): Promise<'revised' | 'lost'>;
  /** Versions and aliases of a machine; undefined while none was ever written. */
  publications(machineId: string): Promise<Publications | undefined>;
  /**
   * Writes them, if those that are there have the edition before (1 has none before). An earlier attempt of the same
   * call that did land counts as written.
   */
  writePublications(machineId: string, publications: Publications): Promise<'written' | 'lost'>;
  /** Changes a record if the name still belongs to that machine. */
  updateMachine(name: string, machineId: string, change: Partial<Pick<Machine, 'status' | 'tags'>>): Promise<void>;
  /** With its versions and aliases. */
  removeMachine(name: string, machineId: string): Promise<void>;
  /** By name, in byte order. */
  machines(afterName: string, limit: number): Promise<Machine[]>;
  countMachines(): Promise<number>;

  createActivity(activity: Activity): Promise<'created' | { existing: Activity }>;
  activity(name: string): Promise<Activity | undefined>;
  updateActivity(name: string, generation: string, change: Pick<Activity, 'tags'>): Promise<void>;
  /** Answers what was removed. */
  removeActivity(name: string): Promise<Activity | undefined>;
  activities(afterName: string, limit: number): Promise<Activity[]>;
  countActivities(): Promise<number>;

  /** Signs task tokens and page tokens; made once for a deployment. */
  secret(): Promise<Buffer>;
}

export interface Machine extends MachineSettings {
  name: string;
  /** ULID. A name that is created again gets another: nothing old can be reached through it. */
  machineId: string;
  status: 'ACTIVE' | 'DELETING';
  type: 'STANDARD' | 'EXPRESS';
  creationMs: number;
  tags: Tag[];
  /** The version that creation published, if it did. */
  publishedVersion: number | undefined;
  versionDescription: string | undefined;
}

/** What an update may change, beside the definition. Configurations are as the API gives them back. */
export interface MachineSettings {
  /** Counted from 1. */
  revision: number;
  /** What clients know the revision by; the first has none. */
  revisionId?: string | undefined;
  /** When it was made, for all but the first. */
  updateMs?: number | undefined;
  roleArn: string;
  loggingConfiguration: LoggingConfiguration;
  tracingConfiguration: unknown;
  encryptionConfiguration: unknown;
}

export interface LoggingConfiguration {
  level?: string | undefined;
  includeExecutionData?: boolean | undefined;
  destinations?: { cloudWatchLogsLogGroup?: { logGroupArn?: string } }[] | undefined;
}

export interface Revision {
  /** The text as it was given. */
  definition: string;
  /**
   * And perhaps more of what the machine's record said then. Undefined for a machine of an older store that was never
   * updated: they stand in its record alone.
   */
  settings: MachineSettings | undefined;
}

/** What is published of one machine. One record, so that versions and the aliases that need them can never disagree. */
export interface Publications {
  /** How often it was changed. */
  edition: number;
  /** Whose change it is. */
  attempt: string;
  /** The highest number that a version ever had: none is given twice. */
  lastVersion: number;
  /** In ascending order; a later version is never of an older revision. */
  versions: Version[];
  /** By name. */
  aliases: Alias[];
}

export interface Version {
  version: number;
  revision: number;
  description?: string | undefined;
  creationMs: number;
}

export interface Alias {
  name: string;
  description?: string | undefined;
  /** One version, or two. Weights add up to 100. */
  routing: Route[];
  creationMs: number;
  updateMs: number;
}

export interface Route {
  version: number;
  weight: number;
}

export interface Activity {
  name: string;
  /** ULID: names the queue of its tasks. */
  generation: string;
  creationMs: number;
  tags: Tag[];
  encryptionConfiguration: unknown;
}

export interface Tag {
  key: string;
  value: string;
}
