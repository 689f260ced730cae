import type { Runtime } from '../runtime';
import type { Limits } from '../runtime/limits';
import type { ApiRequest } from './request';
import type { InputOf, Member, Shape } from './shape';

/** What an action may want to know of its call beside its input. */
export type Call = Pick<ApiRequest, 'client'>;

/** An action of the API: what it takes, and what it does. */
export interface Action {
  shape(limits: Limits): Shape;
  /** Answers the members of the response. Throws ApiError. */
  handle(runtime: Runtime, input: never, call: Call): Promise<object | JsonText>;
}

/** A response that is JSON text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

export function defineAction<const S extends Shape>(action: {
  shape(limits: Limits): S;
  handle(runtime: Runtime, input: InputOf<S>, call: Call): Promise<object | JsonText>;
}): Action {
  return action as Action;
}

export const required = <const M extends Member>(member: M): M & { isRequired: true } => ({
  ...member,
  isRequired: true,
});
export const sensitive = <const M extends Member>(member: M): M => ({ ...member, isSensitive: true });

export const text = (min: number, max: number) => ({ type: 'string', min, max }) as const;
export const integer = (least: number, most: number) => ({ type: 'integer', least, most }) as const;
export const boolean = { type: 'boolean' } as const;
export const oneOf = (...oneOf: string[]) => ({ type: 'string', oneOf }) as const;

export const arn = (limits: Limits) => text(1, limits.arn);
export const name = (limits: Limits) => text(1, limits.name);
export const payload = (limits: Limits) =>
  ({ type: 'string', bytesMax: limits.payloadBytes, isSensitive: true }) as const;
export const page = { maxResults: integer(0, 1000), nextToken: text(1, 1024) } as const;
export const includedData = oneOf('ALL_DATA', 'METADATA_ONLY');
/** What METADATA_ONLY gives for a definition (API page): clients hold it to be there. */
export const NO_DEFINITION = '{}';

export const tags = {
  type: 'list',
  of: { type: 'structure', members: { key: { ...text(1, 128), isRequired: true }, value: text(0, 256) } },
} as const;

export const definition = (limits: Limits) => sensitive(text(1, limits.definition));
/** Of a version or an alias. */
export const description = sensitive(text(0, 256));
/** Where AWS's model takes a longer one. */
export const longArn = text(1, 2000);

export const encryptionConfiguration = {
  type: 'structure',
  members: {
    type: required(oneOf('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY')),
    kmsKeyId: text(1, 2048),
    kmsDataKeyReusePeriodSeconds: integer(60, 900),
  },
} as const;

/** Timestamps on the wire: seconds since the epoch, with milliseconds as a fraction. */
export const seconds = (ms: number): number => ms / 1000;
