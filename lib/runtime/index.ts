import type { MachineType } from '../asl/definition/express';
import type { Ports } from '../ports';
import { ActivityLookup } from './activity-lookup';
import { Advance } from './advance';
import type { Arns } from './arns';
import { Auditor } from './audit';
import { Children } from './children';
import { Completion } from './complete';
import { MachineDeletion } from './delete-machine';
import { Discharge } from './discharge';
import { ExpressExecutions } from './express';
import type { Limits } from './limits';
import type { Mocks } from './mocks';
import { Polling } from './poll';
import { Programs } from './programs';
import { Runs } from './runs';
import { ServiceCalls } from './service-calls';
import { TaskWork } from './task';
import { TaskCalls } from './task-calls';
import { Seal } from './token';
import { Worlds } from './world';

export interface RuntimeSettings {
  arns: Arns;
  limits: Limits;
  /** How long a closed execution can be read, and its name is taken. */
  retentionMs: number;
  /** How long GetActivityTask waits. */
  pollHoldMs: number;
  /** Answers the problems of a definition as text, empty for none. Large ones take long: a promise where calls share a thread. */
  checkDefinition(definition: string, type: MachineType): string | Promise<string>;
  /** Answers all that is to be said of a definition, as the API says it. */
  diagnose(definition: string, type: MachineType): DefinitionDiagnostic[] | Promise<DefinitionDiagnostic[]>;
  /** Answers of tasks that tests give; undefined for none. */
  mocks?: Mocks | undefined;
  /** Between two looks for executions of a state machine that is being deleted. */
  deletionPauseMs: number;
}

export interface DefinitionDiagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  location: string | undefined;
}

/** The parts that work on executions, over one set of ports. */
export interface Runtime {
  ports: Ports;
  settings: RuntimeSettings;
  seal: Seal;
  runs: Runs;
  programs: Programs;
  activities: ActivityLookup;
  polling: Polling;
  completion: Completion;
  deletion: MachineDeletion;
  discharge: Discharge;
  advance: Advance;
  tasks: TaskWork;
  auditor: Auditor;
  express: ExpressExecutions;
}

export async function createRuntime(ports: Ports, settings: RuntimeSettings): Promise<Runtime> {
  const seal = new Seal(await ports.registry.secret());
  const programs = new Programs(ports.registry, ports.clock);
  const activities = new ActivityLookup(ports.registry, settings.arns, ports.clock, ports.journal.isExclusive);
  const worlds = new Worlds(ports, activities, settings.arns, settings.limits, seal, settings.mocks);
  const runs = new Runs(ports, programs, worlds, settings.retentionMs, settings.arns);
  const children = new Children(ports, runs, settings.arns);
  const discharge = new Discharge(ports, runs, activities, children, settings.retentionMs);
  const calls = new TaskCalls(ports, new ServiceCalls(ports, settings.arns), settings.mocks);
  const deletion = new MachineDeletion(ports, settings.deletionPauseMs);
  return {
    ports,
    settings,
    seal,
    runs,
    programs,
    activities,
    polling: new Polling(ports, runs, discharge, activities, seal, {
      holdMs: settings.pollHoldMs,
      pollersMax: settings.limits.pollersPerActivity,
    }),
    completion: new Completion(ports, runs, seal),
    deletion,
    discharge,
    advance: new Advance(ports, runs, discharge, deletion, children),
    tasks: new TaskWork(ports, runs, discharge, calls, children, settings.arns),
    auditor: new Auditor(ports, runs, discharge, children),
    express: new ExpressExecutions(ports, programs, worlds, calls, settings.arns, settings.limits),
  };
}
