import * as check from './checks';
import {
  BRANCH,
  base,
  errorNames,
  heartbeatBelowTimeout,
  NEXT_OR_END,
  retriers,
  SECONDS_MAX,
  STATE_SHAPES,
  type StateShape,
  type StateType,
  seconds,
  statesAllLast,
  transition,
} from './fields';
import * as jsonata from './jsonata-checks';
import { itemProcessor, label, NOT_YET, percentage } from './map-fields';
import { serviceArguments } from './parameters';
import { resource, withoutRole } from './resource';

/** Which fields the states have in JSONata, and what may stand in them (asl.md section 9). */

/** What states hand on. `known`: members of `$states` that there are once the work is done. */
const handsOn = (...known: string[]) => ({ Output: jsonata.template(...known) });
const assigns = (...known: string[]) => ({ Assign: jsonata.assignment(...known) });

export const JSONATA_CATCHER: check.Shape = {
  fields: {
    Comment: check.text,
    ErrorEquals: errorNames,
    Next: check.text,
    ...handsOn('errorOutput'),
    ...assigns('errorOutput'),
  },
  required: ['ErrorEquals', 'Next'],
  ofJsonPath: ['ResultPath'],
};

const catchers: check.Check = (value, place) => {
  check.maybeEmptyListOf(check.object(JSONATA_CATCHER))(value, place);
  statesAllLast(value, place);
};

export const JSONATA_RULE: check.Shape = {
  fields: {
    Comment: check.text,
    Condition: jsonata.expressionOr(check.boolean),
    Next: check.text,
    ...handsOn(),
    ...assigns(),
  },
  required: ['Condition', 'Next'],
  ofJsonPath: ['Variable', 'And', 'Or', 'Not'],
};

const works = { ...handsOn('result'), ...assigns('result'), Retry: retriers, Catch: catchers };
const count = (min: number) => jsonata.expressionOr(check.integer(min, SECONDS_MAX));

const SHAPES: Record<StateType, StateShape> = {
  Pass: { fields: { ...base, ...transition, ...handsOn(), ...assigns() }, exactlyOne: NEXT_OR_END },
  Task: {
    fields: {
      ...base,
      ...transition,
      Resource: resource,
      Arguments: jsonata.template(),
      TimeoutSeconds: jsonata.expressionOr(seconds),
      HeartbeatSeconds: jsonata.expressionOr(seconds),
      ...works,
    },
    required: ['Resource'],
    exactlyOne: NEXT_OR_END,
    notYet: ['Credentials'],
    refusedAnyway: { Credentials: withoutRole },
    also: (state, place) => {
      heartbeatBelowTimeout(state, place);
      serviceArguments(state, place);
    },
  },
  Choice: {
    fields: {
      ...base,
      Choices: check.listOf(check.object(JSONATA_RULE)),
      Default: check.text,
      ...handsOn(),
      ...assigns(),
    },
    required: ['Choices'],
  },
  Wait: {
    fields: {
      ...base,
      ...transition,
      Seconds: count(0),
      Timestamp: jsonata.expressionOr(check.timestamp),
      ...handsOn(),
      ...assigns(),
    },
    exactlyOne: [['Seconds', 'Timestamp'], ...NEXT_OR_END],
  },
  Succeed: { fields: { ...base, ...handsOn() } },
  Fail: { fields: { ...base, Error: jsonata.expressionOr(check.text), Cause: jsonata.expressionOr(check.text) } },
  Parallel: {
    fields: {
      ...base,
      ...transition,
      Branches: check.listOf(check.object(BRANCH)),
      Arguments: jsonata.template(),
      ...works,
    },
    required: ['Branches'],
    exactlyOne: NEXT_OR_END,
  },
  Map: {
    fields: {
      ...base,
      ...transition,
      ItemProcessor: itemProcessor,
      Iterator: itemProcessor,
      Items: jsonata.items,
      ItemSelector: jsonata.template(),
      MaxConcurrency: count(0),
      Label: label,
      // They tell of distributed maps; an inline one takes them, too (recorded on AWS).
      ToleratedFailureCount: count(0),
      ToleratedFailurePercentage: jsonata.expressionOr(percentage),
      ...works,
    },
    exactlyOne: [['ItemProcessor', 'Iterator'], ...NEXT_OR_END],
    notYet: NOT_YET,
  },
};

/** Fields that the state has in JSONPath alone. */
const ofJsonPath = (type: StateType): string[] =>
  [...Object.keys(STATE_SHAPES[type].fields), ...(STATE_SHAPES[type].notYet ?? [])].filter(
    (name) => !(name in SHAPES[type].fields) && !SHAPES[type].notYet?.includes(name),
  );

export const JSONATA_SHAPES = Object.fromEntries(
  Object.entries(SHAPES).map(([type, shape]) => [type, { ...shape, ofJsonPath: ofJsonPath(type as StateType) }]),
) as Record<StateType, StateShape>;
