import { isObject, type Json, type JsonObject } from '../json';
import { isDynamic, nameOf } from '../template/template';
import { dynamicProblem } from './checks';
import type { Place } from './diagnostic';
import { type ServiceTask, serviceTaskOf } from './integrations';

/** What a service integration takes as Parameters, in AWS's words (reported): at creation, and once they are made. */

/** Members that the integration does not take, those that it needs, and literals of another kind, at creation. */
export const serviceParameters: (state: JsonObject, place: Place) => void = (state, place) => {
  const resource = state.get('Resource');
  const service = typeof resource === 'string' ? serviceTaskOf(resource) : undefined;
  if (service) checkGiven('Parameters', service, state, place);
};

/** The same of a state in JSONata: what expressions make is looked at once it is made. */
export const serviceArguments: (state: JsonObject, place: Place) => void = (state, place) => {
  const resource = state.get('Resource');
  const service = typeof resource === 'string' ? serviceTaskOf(resource) : undefined;
  if (service) checkGiven('Arguments', service, state, place);
};

function checkGiven(field: string, service: ServiceTask, state: JsonObject, place: Place): void {
  const given = state.get(field);
  if (given === undefined) {
    return place.at('Resource').report(`${field} field is required for resource ARN: ${state.get('Resource')}`);
  }
  if (!isObject(given)) return;
  const { parameters, required } = service.integration;
  const names = [...given.keys()].map((name) => (field === 'Parameters' && isDynamic(name) ? nameOf(name) : name));
  const at = place.at(field);
  for (const name of names) {
    if (parameters ? !parameters.includes(name) : !isCapital(name))
      at.report(`The field '${name}' is not supported by Step Functions`);
  }
  for (const name of required) {
    if (!names.includes(name)) at.report(`The field '${name}' is required but was missing`);
  }
  for (const problem of misfits(service, given)) at.report(problem);
}

/** As members of `aws-sdk` integrations are, whatever the service calls them. */
const isCapital = (name: string): boolean => !/^[a-z]/.test(name);

/**
 * Why the service does not take the parameters that a state has made. AWS looks at them as at a definition: members
 * `x.$` that come from the data are looked at, too.
 */
export function whyUnfit(service: ServiceTask, parameters: Json, text: string): string | undefined {
  if (!isObject(parameters)) return 'Expected a JSON object';
  const problems = misfits(service, parameters);
  if (problems.length > 0) return problems.join(', ');
  // Rare, and what is asked first is quick.
  return text.includes('.$"') ? firstDynamicProblem(parameters) : undefined;
}

function firstDynamicProblem(value: Json): string | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = firstDynamicProblem(item);
      if (problem !== undefined) return problem;
    }
  }
  if (!isObject(value)) return undefined;
  for (const [name, member] of value) {
    const problem = isDynamic(name) ? dynamicProblem(name, member) : firstDynamicProblem(member);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function misfits({ integration: { strings, documents } }: ServiceTask, parameters: JsonObject): string[] {
  const problems: string[] = [];
  for (const [name, value] of parameters) {
    if (value === null || typeof value === 'string') continue;
    const isMisfit = strings.includes(name) || (documents.includes(name) && !isObject(value) && !Array.isArray(value));
    if (isMisfit) problems.push(`The value for the field '${name}' must be a STRING`);
  }
  return problems;
}
