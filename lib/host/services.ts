import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LocalServices, type ServiceHandler } from '../adapters/services/local-services';
import { SdkServices } from '../adapters/services/sdk-services';
import type { Limits } from '../runtime/limits';

/** Where the services are that tasks call. */
export interface ServicePlaces {
  region: string;
  /** Of Lambda: a URL, or `aws` for AWS itself. */
  lambdaEndpoint: string | undefined;
  /** By the name in Resources: a URL, or `aws` for AWS itself. */
  serviceEndpoints?: ReadonlyMap<string, string> | undefined;
  /** Of all others; undefined for what the environment says, and else nowhere. */
  awsEndpoint?: string | undefined;
  /** Services that are functions of this process, by `service:action`. */
  serviceHandlers?: ReadonlyMap<string, ServiceHandler> | undefined;
  limits: Pick<Limits, 'payloadBytes'>;
}

/**
 * Where the service is: a URL, or `aws` for AWS itself; undefined for nowhere. What was said to the process of a service
 * counts first, then AWS's variable for it, then what is for all.
 */
export function placeOf(
  {
    serviceEndpoints,
    lambdaEndpoint,
    awsEndpoint,
  }: Pick<ServicePlaces, 'serviceEndpoints' | 'lambdaEndpoint' | 'awsEndpoint'>,
  name: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  return (
    serviceEndpoints?.get(name.replaceAll('-', '')) ??
    (name === 'lambda' ? lambdaEndpoint : undefined) ??
    environment[`AWS_ENDPOINT_URL_${name.toUpperCase().replaceAll('-', '_')}`] ??
    awsEndpoint ??
    environment.AWS_ENDPOINT_URL
  );
}

/** The services of a process. */
export function createServices(places: ServicePlaces, environment: NodeJS.ProcessEnv): LocalServices {
  const { region, serviceHandlers = new Map() } = places;
  return new LocalServices(
    serviceHandlers,
    new SdkServices({
      region,
      endpointOf: (name) => placeOf(places, name, environment),
      credentialsFor: (endpoint) => (hasKeys(environment, endpoint) ? undefined : ANY_KEYS),
      outputBytesMax: places.limits.payloadBytes,
    }),
  );
}

/** Emulators and private services take any keys, but no request without one. */
export const ANY_KEYS = { accessKeyId: 'any', secretAccessKey: 'any' };
const KEY_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_SHARED_CREDENTIALS_FILE',
];

/** Whether requests to the endpoint are signed with the keys that AWS's SDK finds. */
export const hasKeys = (environment: NodeJS.ProcessEnv, endpoint: string): boolean =>
  /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname) ||
  KEY_VARIABLES.some((variable) => Boolean(environment[variable])) ||
  existsSync(join(homedir(), '.aws', 'credentials'));
