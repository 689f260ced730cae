import { isObject, type Json } from '../json';
import { BadExpression, isJsonata, parseJsonata } from '../jsonata/expression';
import { topLevelReferences } from '../jsonata/references';
import { isVariableName } from '../path/grammar';
import type { Check } from './checks';
import type { Place } from './diagnostic';

/** Fields of states in JSONata. What AWS says of expressions that it does not take: reported. */

/** Members of `$states` that are there wherever an expression stands. */
const ALWAYS = ['input', 'context'];

/** Any JSON; each string `{% … %}` in it is an expression, which may read these members of `$states`, too. */
export const template =
  (...known: string[]): Check =>
  (value, place) => {
    if (typeof value === 'string') {
      if (isJsonata(value)) checkExpression(value, place, known);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) template(...known)(item, place.at(index));
    } else if (isObject(value)) {
      for (const [name, member] of value) template(...known)(member, place.at(name));
    }
  };

/** An expression, or what the other check takes. */
export const expressionOr =
  (check: Check): Check =>
  (value, place) => {
    if (typeof value === 'string' && isJsonata(value)) checkExpression(value, place, []);
    else check(value, place);
  };

/** Values by the names of variables. */
export const assignment =
  (...known: string[]): Check =>
  (value, place) => {
    if (!isObject(value)) return place.report('Expected value of type Object');
    for (const name of value.keys()) {
      if (!isVariableName(name)) place.report(`'${name}' is not a valid name for a variable`);
    }
    template(...known)(value, place);
  };

/** A list, or an expression that makes one. */
export const items: Check = (value, place) => {
  if (!Array.isArray(value) && !isExpression(value)) place.report('Expected value of type Array');
  else template()(value, place);
};

const isExpression = (value: Json): boolean => typeof value === 'string' && isJsonata(value);

function checkExpression(text: string, place: Place, known: readonly string[]): void {
  const expression = parseJsonata(text);
  if (expression instanceof BadExpression) {
    if (expression.isUnbuilt) place.refuse(expression.message);
    else place.report(expression.message, 'INVALID_JSONATA_EXPRESSION');
    return;
  }
  const unsupported = (what: string) => place.report(what, 'UNSUPPORTED_JSONATA_EXPRESSION');
  for (const name of topLevelReferences(expression.parsed.ast())) {
    unsupported(
      name === '$$'
        ? "Reference to '$$' is not supported."
        : `Reference to '${name}' at the top level is not supported.`,
    );
  }
  for (const member of expression.statesRead) {
    if (!ALWAYS.includes(member) && !known.includes(member)) unsupported(`Field '$states.${member}' does not exist.`);
  }
}
