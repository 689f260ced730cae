import { isObject, type Json } from '../json';
import type { Check } from './checks';
import type { Place } from './diagnostic';
import { isUnbuiltIntegration, serviceTaskOf } from './integrations';
import type { TaskKind } from './program';

/** What a Task does: its Resource, and what belongs to that (asl.md section 3). */

const LAMBDA_ARN = /^arn:[a-z0-9-]+:lambda:[a-z0-9-]*:\d*:function:[A-Za-z0-9_.-]+(:[A-Za-z0-9_$-]+)?$/;
export const ACTIVITY_ARN = /^arn:[a-z0-9-]+:states:[a-z0-9-]+:\d+:activity:\S+$/;

/** What kind of work a Task's Resource names; undefined for none that is known. */
export function resourceKind(resource: string): TaskKind | undefined {
  if (LAMBDA_ARN.test(resource)) return 'lambda';
  if (ACTIVITY_ARN.test(resource)) return 'activity';
  return serviceTaskOf(resource) ? 'service' : undefined;
}

export const resource: Check = (value, place) => {
  if (typeof value !== 'string') return place.report('Expected value of type String');
  if (value.length > 256 || !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(value)) {
    return place.report('Value is not a valid resource ARN');
  }
  if (resourceKind(value)) return;
  if (isUnbuiltIntegration(value)) place.refuse(`The service integration '${value}' is`);
  else {
    place.report(
      `The resource provided ${value} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
  }
};

/** In AWS's words (recorded). */
export const withoutRole = (credentials: Json, place: Place): boolean => {
  if (!isObject(credentials) || credentials.has('RoleArn') || credentials.has('RoleArn.$')) return false;
  place.report("The field 'RoleArn' is required but was missing");
  return true;
};
