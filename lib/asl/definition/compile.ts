import type { ChoiceRule, ChoiceTest } from '../choice';
import { TYPE_TESTS } from '../choice';
import { isNumber, type Json, type JsonObject, numberOf, parseInPieces } from '../json';
import { type Path, parsePath } from '../path/grammar';
import { atOnce, Pace, type Pieces } from '../pieces';
import { contextReads } from '../template/context';
import type { Expression } from '../template/expression';
import { parseExpression } from '../template/intrinsic-grammar';
import { compileAssignment, compileTemplate, type Template } from '../template/template';
import { parseTimestamp } from '../timestamp';
import type { StateType } from './fields';
import { compileQueries, isInJsonata, variablesIn, withoutQueries } from './jsonata-fields';
import { labelOf } from './label';
import { processorOf } from './map-fields';
import type { Catcher, Program, Recovers, Retrier, State } from './program';
import { mayReadVariables, variablesRead } from './references';
import { resourceKind } from './resource';
import { States } from './states';

/** Compiles a definition that `validateDefinition` found no problem in. */
export const compileDefinition = (text: string): Program => atOnce(compileInPieces(text));

/** The same for one that may be large. */
export function* compileInPieces(text: string): Pieces<Program> {
  const definition = (yield* parseInPieces(text)).value as JsonObject;
  const fields = new Map<string, JsonObject>();
  const processors = new Map<string, string>();
  collectStates(definition, fields, processors);
  const readsVariables = mayReadVariables(text);
  const language = definition.get('QueryLanguage');
  return {
    startAt: textOf(definition, 'StartAt')!,
    states: new States(fields, (name, state) =>
      isInJsonata(state, language) ? compileInJsonata(name, state) : compileState(name, state, readsVariables),
    ),
    timeoutSeconds: numberIn(definition, 'TimeoutSeconds'),
    contextReads: contextReads(text),
    processors,
  };
}

function collectStates(scope: JsonObject, found: Map<string, JsonObject>, processors: Map<string, string>): void {
  for (const [name, fields] of scope.get('States') as JsonObject) {
    const state = fields as JsonObject;
    found.set(name, state);
    for (const branch of listOf(state, 'Branches')) collectStates(branch, found, processors);
    const processor = processorOf(state) as JsonObject | undefined;
    const label = labelOf(name, state);
    if (label !== undefined) processors.set(label, textOf(processor!, 'StartAt')!);
    if (processor) collectStates(processor, found, processors);
  }
}

function* compileState(name: string, fields: JsonObject, readsVariables: boolean): Pieces<State> {
  const compiled = COMPILERS[textOf(fields, 'Type') as StateType](name, fields);
  const state = 'type' in compiled ? compiled : yield* compiled;
  const variables = readsVariables ? yield* variablesRead(state) : [];
  return variables.length > 0 ? { ...state, variables } : state;
}

function* compileInJsonata(name: string, fields: JsonObject): Pieces<State> {
  const state = yield* compileState(name, withoutQueries(fields), false);
  const query = yield* compileQueries(fields);
  const { variables, ownNames } = variablesIn(query);
  return variables.length > 0 ? { ...state, query, variables, ownNames } : { ...state, query };
}

type Compiler<S extends State> = (name: string, state: JsonObject) => S | Pieces<S>;

const COMPILERS: { [T in StateType]: Compiler<Extract<State, { type: T }>> } = {
  *Pass(name, state) {
    return {
      type: 'Pass',
      ...base(name, state),
      parameters: yield* templateIn(state, 'Parameters'),
      ...placesResult(state),
      ...(yield* assigns(state)),
      next: textOf(state, 'Next'),
      result: state.get('Result'),
    };
  },
  *Task(name, state) {
    return {
      type: 'Task',
      ...(yield* works(name, state)),
      parameters: yield* templateIn(state, 'Parameters'),
      resource: textOf(state, 'Resource')!,
      kind: resourceKind(textOf(state, 'Resource')!)!,
      timeoutSeconds: numberIn(state, 'TimeoutSeconds') ?? pathIn(state, 'TimeoutSecondsPath'),
      heartbeatSeconds: numberIn(state, 'HeartbeatSeconds') ?? pathIn(state, 'HeartbeatSecondsPath'),
    };
  },
  *Choice(name, state) {
    return {
      type: 'Choice',
      ...base(name, state),
      ...(yield* assigns(state)),
      choices: yield* compileRules(listOf(state, 'Choices')),
      default: textOf(state, 'Default'),
    };
  },
  *Wait(name, state) {
    return {
      type: 'Wait',
      ...base(name, state),
      ...(yield* assigns(state)),
      next: textOf(state, 'Next'),
      until: state.has('Seconds')
        ? { seconds: numberIn(state, 'Seconds')! }
        : state.has('Timestamp')
          ? { timestamp: parseTimestamp(textOf(state, 'Timestamp')!)! }
          : state.has('SecondsPath')
            ? { secondsPath: pathIn(state, 'SecondsPath')! }
            : { timestampPath: pathIn(state, 'TimestampPath')! },
    };
  },
  Succeed: (name, state) => ({ type: 'Succeed', ...base(name, state) }),
  Fail: (name, state) => ({
    type: 'Fail',
    ...base(name, state),
    error: textOf(state, 'Error') ?? expressionIn(state, 'ErrorPath'),
    cause: textOf(state, 'Cause') ?? expressionIn(state, 'CausePath'),
  }),
  *Parallel(name, state) {
    return {
      type: 'Parallel',
      ...(yield* works(name, state)),
      parameters: yield* templateIn(state, 'Parameters'),
      branches: listOf(state, 'Branches').map((branch) => textOf(branch, 'StartAt')!),
    };
  },
  *Map(name, state) {
    return {
      type: 'Map',
      ...(yield* works(name, state)),
      startAt: textOf(processorOf(state) as JsonObject, 'StartAt')!,
      // Parameters is the older name.
      itemSelector: yield* templateIn(state, state.has('ItemSelector') ? 'ItemSelector' : 'Parameters'),
      itemsPath: pathIn(state, 'ItemsPath') ?? ROOT,
      maxConcurrency: numberIn(state, 'MaxConcurrency') ?? pathIn(state, 'MaxConcurrencyPath') ?? 0,
      label: labelOf(name, state),
      toleratedFailureCount: numberOrPath(state, 'ToleratedFailureCount'),
      toleratedFailurePercentage: numberOrPath(state, 'ToleratedFailurePercentage'),
    };
  },
};

const numberOrPath = (state: JsonObject, name: string): number | Path | undefined =>
  numberIn(state, name) ?? pathIn(state, `${name}Path`);

const base = (name: string, state: JsonObject) => ({
  name,
  inputPath: pathOrNull(state, 'InputPath'),
  outputPath: pathOrNull(state, 'OutputPath'),
});

/** Of states whose work has a result, and may fail. */
function* works(name: string, state: JsonObject) {
  return {
    ...base(name, state),
    resultSelector: yield* templateIn(state, 'ResultSelector'),
    ...placesResult(state),
    ...(yield* assigns(state)),
    ...(yield* recovers(state)),
    next: textOf(state, 'Next'),
  };
}

const placesResult = (state: JsonObject) => ({ resultPath: pathOrNull(state, 'ResultPath') });

function* assigns(fields: JsonObject) {
  const assign = fields.get('Assign') as JsonObject | undefined;
  return { assign: assign && (yield* compileAssignment(assign)) };
}

function* recovers(state: JsonObject): Pieces<Recovers> {
  const pace = new Pace();
  const recovery = { retry: [] as Retrier[], catch: [] as Catcher[] };
  for (const retrier of listOf(state, 'Retry')) {
    if (pace.isOver()) yield;
    recovery.retry.push(compileRetrier(retrier));
  }
  for (const catcher of listOf(state, 'Catch')) {
    const resultPath = pathOrNull(catcher, 'ResultPath');
    if (pace.isOver(resultPath?.text.length)) yield;
    recovery.catch.push({
      errorEquals: catcher.get('ErrorEquals') as string[],
      resultPath,
      next: textOf(catcher, 'Next')!,
      ...(yield* assigns(catcher)),
    });
  }
  return recovery;
}

const compileRetrier = (retrier: JsonObject): Retrier => ({
  errorEquals: retrier.get('ErrorEquals') as string[],
  intervalSeconds: numberIn(retrier, 'IntervalSeconds') ?? 1,
  maxAttempts: numberIn(retrier, 'MaxAttempts') ?? 3,
  backoffRate: numberIn(retrier, 'BackoffRate') ?? 2,
  maxDelaySeconds: numberIn(retrier, 'MaxDelaySeconds'),
  jitter: retrier.get('JitterStrategy') === 'FULL',
});

function* compileRules(rules: JsonObject[]): Pieces<ChoiceRule[]> {
  const pace = new Pace();
  const compiled: ChoiceRule[] = [];
  for (const rule of rules) {
    compiled.push({ test: yield* compileTest(rule, pace), next: textOf(rule, 'Next')!, ...(yield* assigns(rule)) });
  }
  return compiled;
}

function* compileTest(rule: JsonObject, pace: Pace): Pieces<ChoiceTest> {
  if (pace.isOver(2 * (textOf(rule, 'Variable')?.length ?? 0))) yield;
  if (rule.has('And')) return { kind: 'and', tests: yield* compileTests(listOf(rule, 'And'), pace) };
  if (rule.has('Or')) return { kind: 'or', tests: yield* compileTests(listOf(rule, 'Or'), pace) };
  if (rule.has('Not')) return { kind: 'not', test: yield* compileTest(rule.get('Not') as JsonObject, pace) };
  const [name, operand] = [...rule].find(([field]) => !NOT_OPERATORS.has(field)) as [string, Json];
  const variable = pathIn(rule, 'Variable')!;
  type Compare = Extract<ChoiceTest, { kind: 'compare' }>;
  if (TYPE_TESTS.has(name)) {
    return {
      kind: 'is',
      variable,
      operator: name as Extract<ChoiceTest, { kind: 'is' }>['operator'],
      operand: operand as boolean,
    };
  }
  return name.endsWith('Path')
    ? { kind: 'compare', variable, operator: name.slice(0, -4) as Compare['operator'], operand: pathIn(rule, name)! }
    : { kind: 'compare', variable, operator: name as Compare['operator'], operand };
}

function* compileTests(rules: JsonObject[], pace: Pace): Pieces<ChoiceTest[]> {
  const tests: ChoiceTest[] = [];
  for (const rule of rules) tests.push(yield* compileTest(rule, pace));
  return tests;
}

const NOT_OPERATORS = new Set(['Variable', 'Next', 'Comment', 'Assign']);

/** `$`: everything. */
const ROOT = parsePath('$')!;

function pathOrNull(fields: JsonObject, name: string): Path | null {
  const value = fields.get(name);
  if (value === undefined) return ROOT;
  return value === null ? null : parsePath(value as string)!;
}

function pathIn(fields: JsonObject, name: string): Path | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? parsePath(value) : undefined;
}

function expressionIn(fields: JsonObject, name: string): Expression | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? parseExpression(value) : undefined;
}

function* templateIn(fields: JsonObject, name: string): Pieces<Template | undefined> {
  const value = fields.get(name);
  return value === undefined ? undefined : yield* compileTemplate(value);
}

function textOf(fields: JsonObject, name: string): string | undefined {
  return fields.get(name) as string | undefined;
}

function numberIn(fields: JsonObject, name: string): number | undefined {
  const value = fields.get(name);
  return isNumber(value) ? numberOf(value) : undefined;
}

function listOf(fields: JsonObject, name: string): JsonObject[] {
  return (fields.get(name) ?? []) as JsonObject[];
}
