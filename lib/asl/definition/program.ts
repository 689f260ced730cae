import type { ChoiceRule } from '../choice';
import type { Json } from '../json';
import type { JsonataTemplate } from '../jsonata/template';
import type { Path } from '../path/grammar';
import type { ContextReads } from '../template/context';
import type { Expression } from '../template/expression';
import type { Template } from '../template/template';
import type { Instant } from '../timestamp';
import type { States } from './states';

/**
 * A definition, validated and compiled: paths are parsed, rules are read, defaults are filled in. Nobody sees it change.
 * State names are unique over the whole machine, so the states of all branches and iterations stand in one table.
 */
export interface Program {
  startAt: string;
  states: States;
  /** Over it the execution is TIMED_OUT. */
  timeoutSeconds: number | undefined;
  contextReads: ContextReads;
  /** The first state of what each distributed Map runs for an item, by its label. */
  processors: ReadonlyMap<string, string>;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface StateBase {
  name: string;
  /** null: the effective input (output) is `{}`. */
  inputPath: Path | null;
  outputPath: Path | null;
  /** Names of the variables that it reads, in order. Undefined for none. */
  variables?: readonly string[];
  /** Names among them that its expressions bind, and so may mean something else. */
  ownNames?: readonly string[];
  /** Of a state in JSONata: it has no path and no template of JSONPath. */
  query?: JsonataFields;
}

/** What a state in JSONata evaluates. Undefined for what it has not got. */
export interface JsonataFields {
  arguments?: JsonataTemplate;
  output?: JsonataTemplate;
  assign?: JsonataTemplate;
  items?: JsonataTemplate;
  itemSelector?: JsonataTemplate;
  maxConcurrency?: JsonataTemplate;
  toleratedFailureCount?: JsonataTemplate;
  toleratedFailurePercentage?: JsonataTemplate;
  timeoutSeconds?: JsonataTemplate;
  heartbeatSeconds?: JsonataTemplate;
  seconds?: JsonataTemplate;
  timestamp?: JsonataTemplate;
  error?: JsonataTemplate;
  cause?: JsonataTemplate;
  choices: readonly JsonataRule[];
  /** In the order of the state's catchers. */
  catch: readonly Handed[];
}

/** What is handed on, and what is assigned. */
export interface Handed {
  output?: JsonataTemplate | undefined;
  assign?: JsonataTemplate | undefined;
}

export interface JsonataRule extends Handed {
  condition: JsonataTemplate;
  next: string;
}

interface Continues {
  /** Undefined ends the branch or the machine. */
  next: string | undefined;
}

interface PlacesResult {
  /** null: the result is discarded. */
  resultPath: Path | null;
}

/** Undefined: the work sees what InputPath selects. */
interface TakesParameters {
  parameters: Template | undefined;
}

/** Undefined: the result is taken as it is. */
interface SelectsResult {
  resultSelector: Template | undefined;
}

/** Undefined: no variable is assigned. */
interface Assigns {
  assign: Template | undefined;
}

export interface Recovers {
  retry: readonly Retrier[];
  catch: readonly Catcher[];
}

export interface PassState extends StateBase, Continues, TakesParameters, PlacesResult, Assigns {
  type: 'Pass';
  /** Taken literally. Undefined: the result is the effective input. */
  result: Json | undefined;
}

/** Of states whose work has a result, and may fail. */
interface Works extends StateBase, Continues, SelectsResult, PlacesResult, Assigns, Recovers {}

export interface TaskState extends Works, TakesParameters {
  type: 'Task';
  resource: string;
  kind: TaskKind;
  timeoutSeconds: number | Path | undefined;
  heartbeatSeconds: number | Path | undefined;
}

/** Whose work a Task's Resource names: a function's, an activity's workers', or that of another service. */
export type TaskKind = 'lambda' | 'activity' | 'service';

/** Its own Assign is for its Default: one of a rule that holds takes its place. */
export interface ChoiceState extends StateBase, Assigns {
  type: 'Choice';
  choices: readonly ChoiceRule[];
  default: string | undefined;
}

export interface WaitState extends StateBase, Continues, Assigns {
  type: 'Wait';
  until: { seconds: number } | { timestamp: Instant } | { secondsPath: Path } | { timestampPath: Path };
}

export interface SucceedState extends StateBase {
  type: 'Succeed';
}

export interface FailState extends StateBase {
  type: 'Fail';
  error: string | Expression | undefined;
  cause: string | Expression | undefined;
}

export interface ParallelState extends Works, TakesParameters {
  type: 'Parallel';
  /** The first state of each branch. */
  branches: readonly string[];
}

export interface MapState extends Works {
  type: 'Map';
  /** The first state of each iteration. */
  startAt: string;
  itemsPath: Path;
  /** Undefined: an iteration gets its item. */
  itemSelector: Template | undefined;
  /** 0: as many as may be. */
  maxConcurrency: number | Path;
  /** Of a distributed one: it stands in ARNs, and tells it from the others. */
  label: string | undefined;
  /** Undefined where nothing is said of it. */
  toleratedFailureCount: number | Path | undefined;
  toleratedFailurePercentage: number | Path | undefined;
}

export interface Retrier {
  errorEquals: readonly string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number | undefined;
  jitter: boolean;
}

export interface Catcher extends Assigns {
  errorEquals: readonly string[];
  resultPath: Path | null;
  next: string;
}
