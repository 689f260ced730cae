import { COMPARISONS, TYPE_TESTS } from '../choice';
import { isNumber, isObject, type Json, type JsonObject, numberOf } from '../json';
import * as check from './checks';
import type { Place } from './diagnostic';
import { ITEM_PROCESSOR, itemProcessor, label, NOT_YET, PROCESSOR_CONFIG, percentage } from './map-fields';
import { serviceParameters } from './parameters';
import { resource, withoutRole } from './resource';

/** Which fields each state type has, and what may stand in them (asl.md sections 1, 3 and 4). */

export type StateType = 'Task' | 'Wait' | 'Pass' | 'Succeed' | 'Fail' | 'Choice' | 'Parallel' | 'Map';

/** In the order in which AWS lists them. */
export const STATE_TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];

export const SECONDS_MAX = 99_999_999;
export const seconds = check.integer(1, SECONDS_MAX);

const queryLanguage = check.oneOf('JSONPath', 'JSONata');

const end: check.Check = (value, place) => {
  if (typeof value !== 'boolean') place.report('Expected value of type Boolean');
  else if (!value) place.report("The field 'End' should have one of these values: [true]");
};

export const base = { Type: check.text, Comment: check.text, QueryLanguage: queryLanguage };
const paths = { InputPath: check.pathOrNull, OutputPath: check.pathOrNull };
export const transition = { Next: check.text, End: end };
export const NEXT_OR_END = [['Next', 'End']];
const variables = { Assign: check.assignment };
const OF_JSONATA = ['Output'];

export const errorNames: check.Check = (value, place) => {
  check.listOf(check.text)(value, place);
  if (Array.isArray(value) && value.length > 1) statesAllAlone(value, place);
};

/** In AWS's words (reported). */
function statesAllAlone(names: Json[], place: Place): void {
  const index = names.indexOf('States.ALL');
  if (index >= 0) place.at(index).report('States.ALL must appear alone and at end of list');
}

const RETRIER: check.Shape = {
  fields: {
    Comment: check.text,
    ErrorEquals: errorNames,
    IntervalSeconds: seconds,
    MaxAttempts: check.integer(0, SECONDS_MAX),
    BackoffRate: check.atLeast(1),
    MaxDelaySeconds: check.integer(1, 31_622_399),
    JitterStrategy: check.oneOf('NONE', 'FULL'),
  },
  required: ['ErrorEquals'],
};

// An empty Retry or Catch is fine (recorded on AWS).
export const retriers: check.Check = (value, place) => {
  check.maybeEmptyListOf(check.object(RETRIER))(value, place);
  statesAllLast(value, place);
  if (!Array.isArray(value)) return;
  value.forEach((item, index) => {
    if (isObject(item)) delayCap(item, place.at(index));
  });
};

function delayCap(retrier: JsonObject, place: Place): void {
  const cap = retrier.get('MaxDelaySeconds');
  const interval = retrier.get('IntervalSeconds') ?? 1;
  if (isNumber(cap) && isNumber(interval) && numberOf(cap) <= numberOf(interval)) {
    place.at('MaxDelaySeconds').report("Value must be greater than 'IntervalSeconds'");
  }
}

const CATCHER: check.Shape = {
  fields: {
    Comment: check.text,
    ErrorEquals: errorNames,
    Next: check.text,
    ResultPath: check.referencePathOrNull,
    ...variables,
  },
  required: ['ErrorEquals', 'Next'],
  ofJsonata: OF_JSONATA,
};

const catchers: check.Check = (value, place) => {
  check.maybeEmptyListOf(check.object(CATCHER))(value, place);
  statesAllLast(value, place);
};

export const statesAllLast: check.Check = (value, place) => {
  if (!Array.isArray(value)) return;
  value.slice(0, -1).forEach((item, index) => {
    const names = isObject(item) ? item.get('ErrorEquals') : undefined;
    // Among others it has been reported already.
    if (Array.isArray(names) && names.length === 1) statesAllAlone(names, place.at(index).at('ErrorEquals'));
  });
};

export const heartbeatBelowTimeout: (state: JsonObject, place: Place) => void = (state, place) => {
  const heartbeat = state.get('HeartbeatSeconds');
  const timeout = state.get('TimeoutSeconds');
  if (isNumber(heartbeat) && isNumber(timeout) && numberOf(heartbeat) >= numberOf(timeout)) {
    place.at('HeartbeatSeconds').report("Value must be smaller than 'TimeoutSeconds'");
  }
};

// ---- Choice rules

const comparisonOperators = new Map<string, check.Check>([
  ...[...COMPARISONS].flatMap(([name, { operandType }]): [string, check.Check][] => [
    [
      name,
      { boolean: check.boolean, number: check.number, string: check.text, timestamp: check.timestamp }[operandType],
    ],
    ...(name === 'StringMatches' ? [] : [[`${name}Path`, check.pathOfRule] as [string, check.Check]]),
  ]),
  ...[...TYPE_TESTS.keys()].map((name): [string, check.Check] => [name, check.boolean]),
]);

const LOGICAL = ['And', 'Or', 'Not'];
/** What says which kind of rule it is. */
const RULE_KINDS = [...LOGICAL, 'Variable', 'Condition'];

const nestedRule: check.Check = (value, place) => checkRule(value, place, NESTED_TEST, NESTED_LOGIC);
const nestedRules = check.listOf(nestedRule);
const topRule: check.Check = (value, place) => checkRule(value, place, TEST, LOGIC);

const rule = (fields: Record<string, check.Check>, required: string[]): check.Shape => ({
  fields: { Comment: check.text, ...fields },
  required,
  ofJsonata: ['Condition', ...OF_JSONATA],
});
const tests = { Variable: check.pathOfRule, ...Object.fromEntries(comparisonOperators) };
const logic = { And: nestedRules, Or: nestedRules, Not: nestedRule };
const NESTED_TEST = rule(tests, []);
const NESTED_LOGIC = rule(logic, []);
const TEST = rule({ Next: check.text, ...variables, ...tests }, ['Next']);
const LOGIC = rule({ Next: check.text, ...variables, ...logic }, ['Next']);

function checkRule(value: Json, place: Place, ofTest: check.Shape, ofLogic: check.Shape): void {
  if (!isObject(value)) return place.report('Expected value of type Object');
  // In AWS's words (reported).
  if (RULE_KINDS.filter((name) => value.has(name)).length !== 1) {
    place.report(`The object must have only one of the following fields, [${RULE_KINDS.join(', ')}]`);
  } else if (value.has('Variable')) check.onlyOne([...comparisonOperators.keys()], value, place, true);
  const isLogic = LOGICAL.some((name) => value.has(name));
  check.checkShape(isLogic ? ofLogic : ofTest, value, place);
}

// ---- Parallel

export const BRANCH: check.Shape = {
  fields: { Comment: check.text, StartAt: check.text, States: check.anything },
  required: ['States', 'StartAt'],
};

// ---- the table

export interface StateShape extends check.Shape {
  /** Rules that span several fields. */
  also?(state: JsonObject, place: Place): void;
}

export const STATE_SHAPES: Record<StateType, StateShape> = {
  Pass: {
    fields: {
      ...base,
      ...paths,
      ...transition,
      Parameters: check.template,
      Result: check.anything,
      ResultPath: check.referencePathOrNull,
      ...variables,
    },
    exactlyOne: NEXT_OR_END,
    ofJsonata: OF_JSONATA,
  },
  Task: {
    fields: {
      ...base,
      ...paths,
      ...transition,
      Resource: resource,
      Parameters: check.template,
      ResultSelector: check.template,
      ResultPath: check.referencePathOrNull,
      TimeoutSeconds: seconds,
      TimeoutSecondsPath: check.referencePathOrContext,
      HeartbeatSeconds: seconds,
      HeartbeatSecondsPath: check.referencePathOrContext,
      ...variables,
      Retry: retriers,
      Catch: catchers,
    },
    required: ['Resource'],
    exactlyOne: NEXT_OR_END,
    atMostOne: [
      ['TimeoutSeconds', 'TimeoutSecondsPath'],
      ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
    ],
    notYet: ['Credentials'],
    refusedAnyway: { Credentials: withoutRole },
    ofJsonata: ['Arguments', ...OF_JSONATA],
    also: (state, place) => {
      heartbeatBelowTimeout(state, place);
      serviceParameters(state, place);
    },
  },
  Choice: {
    fields: { ...base, ...paths, Choices: check.listOf(topRule), Default: check.text, ...variables },
    required: ['Choices'],
    ofJsonata: OF_JSONATA,
  },
  Wait: {
    fields: {
      ...base,
      ...paths,
      ...transition,
      Seconds: check.integer(0, SECONDS_MAX),
      SecondsPath: check.referencePathOrContext,
      Timestamp: check.timestamp,
      TimestampPath: check.referencePathOrContext,
      ...variables,
    },
    exactlyOne: [['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], ...NEXT_OR_END],
    ofJsonata: OF_JSONATA,
  },
  Succeed: { fields: { ...base, ...paths }, ofJsonata: OF_JSONATA },
  Fail: {
    fields: {
      ...base,
      Error: check.text,
      ErrorPath: check.expression,
      Cause: check.text,
      CausePath: check.expression,
    },
    atMostOne: [
      ['Error', 'ErrorPath'],
      ['Cause', 'CausePath'],
    ],
  },
  Parallel: {
    // The branches themselves are checked as scopes of states.
    fields: {
      ...base,
      ...paths,
      ...transition,
      Branches: check.listOf(check.object(BRANCH)),
      Parameters: check.template,
      ResultSelector: check.template,
      ResultPath: check.referencePathOrNull,
      ...variables,
      Retry: retriers,
      Catch: catchers,
    },
    required: ['Branches'],
    exactlyOne: NEXT_OR_END,
    ofJsonata: ['Arguments', ...OF_JSONATA],
  },
  Map: {
    // The states of the processor are checked as a scope of their own.
    fields: {
      ...base,
      ...paths,
      ...transition,
      ItemProcessor: itemProcessor,
      Iterator: itemProcessor,
      ItemsPath: check.referencePathOrContext,
      ItemSelector: check.template,
      Parameters: check.template,
      ResultSelector: check.template,
      MaxConcurrency: check.integer(0, SECONDS_MAX),
      MaxConcurrencyPath: check.referencePathOrVariable,
      Label: label,
      ToleratedFailureCount: check.integer(0, SECONDS_MAX),
      ToleratedFailureCountPath: check.referencePathOrVariable,
      ToleratedFailurePercentage: percentage,
      ToleratedFailurePercentagePath: check.referencePathOrVariable,
      ResultPath: check.referencePathOrNull,
      ...variables,
      Retry: retriers,
      Catch: catchers,
    },
    exactlyOne: [['ItemProcessor', 'Iterator'], ...NEXT_OR_END],
    atMostOne: [
      ['MaxConcurrency', 'MaxConcurrencyPath'],
      ['ToleratedFailureCount', 'ToleratedFailureCountPath'],
      ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
      ['ItemSelector', 'Parameters'],
    ],
    notYet: NOT_YET,
    ofJsonata: ['Items', ...OF_JSONATA],
  },
};

export const MACHINE_SHAPE: check.Shape = {
  fields: {
    Comment: check.text,
    StartAt: check.text,
    States: check.anything,
    Version: check.oneOf('1.0'),
    TimeoutSeconds: seconds,
    QueryLanguage: queryLanguage,
  },
  required: ['States', 'StartAt'],
};

/** Objects within states, by the field in which they stand. */
export const INNER_SHAPES: Readonly<Record<string, check.Shape>> = {
  'Choices[]': { ...TEST, fields: { ...TEST.fields, ...LOGIC.fields } },
  'Retry[]': RETRIER,
  'Catch[]': CATCHER,
  'Branches[]': BRANCH,
  ItemProcessor: ITEM_PROCESSOR,
  ProcessorConfig: PROCESSOR_CONFIG,
};
