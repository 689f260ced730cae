import { describeDiagnostics } from '../../lib/asl/definition/diagnostic';
import { validateDefinition } from '../../lib/asl/definition/validate';

/** The words in which the cases of validation are written. */

export type Fields = Record<string, unknown>;

export const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:work';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

/** Every problem of a definition, in order, as AWS writes it: `CODE: text at /pointer`. */
export function problemsOf(definition: Fields | string): string[] {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return validateDefinition(text).diagnostics.map((diagnostic) => describeDiagnostics([diagnostic]));
}

export const schema = (text: string): string => `SCHEMA_VALIDATION_FAILED: ${text}`;
/** What AWS says of a JSONata field in a JSONPath state. */
export const ofJsonata = (name: string): string =>
  `The QueryLanguage is set to 'JSONPath', but field '${name}' is only supported for the 'JSONata' QueryLanguage`;
export const missing = (text: string): string => `MISSING_TRANSITION_TARGET: ${text}`;

/** A machine of one state S, and of the states that it leads to. */
export const machineOf = (state: Fields): Fields => ({
  StartAt: 'S',
  States: { S: state, ...(leadsTo(state, 'T') ? { T: { Type: 'Succeed' } } : {}) },
});

const leadsTo = (state: Fields, name: string): boolean => {
  const { Branches: _, ...own } = state;
  return JSON.stringify(own).includes(`"${name}"`);
};

/** The least that each state type needs. */
export const MINIMAL: Record<string, Fields> = {
  Pass: { Type: 'Pass', End: true },
  Task: { Type: 'Task', Resource: FUNCTION, End: true },
  Choice: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'T' }] },
  Wait: { Type: 'Wait', Seconds: 1, End: true },
  Succeed: { Type: 'Succeed' },
  Fail: { Type: 'Fail' },
  Parallel: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { Type: 'Succeed' } } }], End: true },
};

/** Fields that stand for each other: giving one takes the other out. */
const GROUPS = [
  ['Next', 'End'],
  ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
];

/** The least of that type, with fields set; undefined takes one out. */
export function stateWith(type: string, fields: Fields): Fields {
  const state: Fields = { ...MINIMAL[type] };
  for (const name of Object.keys(fields)) {
    for (const other of GROUPS.find((group) => group.includes(name)) ?? []) if (!(other in fields)) delete state[other];
  }
  return { ...state, ...fields };
}
