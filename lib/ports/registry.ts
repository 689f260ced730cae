/** State machines, activities and the deployment's secret. Reads see the caller's own writes. */
export interface Registry {
  /** Unless the name is taken; then answers the one that has it. */
  createMachine(machine: Machine, definition: string): Promise<'created' | { existing: Machine }>;
  machine(name: string): Promise<Machine | undefined>;
  /** The text as it was given. */
  definition(machineId: string, revision: number): Promise<string | undefined>;
  /** Changes a record if the name still belongs to that machine. */
  updateMachine(name: string, machineId: string, change: Partial<Pick<Machine, 'status' | 'tags'>>): Promise<void>;
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

export interface Machine {
  name: string;
  /** ULID. A name that is created again gets another: nothing old can be reached through it. */
  machineId: string;
  status: 'ACTIVE' | 'DELETING';
  revision: number;
  type: 'STANDARD' | 'EXPRESS';
  roleArn: string;
  creationMs: number;
  tags: Tag[];
  loggingConfiguration: unknown;
  tracingConfiguration: unknown;
  encryptionConfiguration: unknown;
  /** The version that creation published, if it did. */
  publishedVersion: number | undefined;
  versionDescription: string | undefined;
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
