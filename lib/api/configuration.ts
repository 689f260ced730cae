import type { LoggingConfiguration } from '../ports/registry';
import { boolean, encryptionConfiguration, oneOf, text } from './action';
import { ApiError } from './errors';
import type { InputOf } from './shape';

/** Logging, tracing and encryption of a state machine: what may be given, and what is given back. */

export const configurations = {
  loggingConfiguration: {
    type: 'structure',
    members: {
      level: oneOf('ALL', 'ERROR', 'FATAL', 'OFF'),
      includeExecutionData: boolean,
      destinations: {
        type: 'list',
        of: {
          type: 'structure',
          members: { cloudWatchLogsLogGroup: { type: 'structure', members: { logGroupArn: text(1, 256) } } },
        },
      },
    },
  },
  tracingConfiguration: { type: 'structure', members: { enabled: boolean } },
  encryptionConfiguration,
} as const;

type Configurations = InputOf<typeof configurations>;

const LOG_GROUP_ARN = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:*]+(?<all>:\*)?$/;

/** As it is kept, with AWS's defaults. Throws InvalidLoggingConfiguration. */
export function loggingOf(given: Configurations['loggingConfiguration']): LoggingConfiguration {
  const { level = 'OFF', destinations = [] } = given ?? {};
  const isWrong = level === 'OFF' ? destinations.length > 1 : destinations.length !== 1;
  if (isWrong) throw new ApiError('InvalidLoggingConfiguration', 'Must specify exactly one Log Destination.');
  for (const { cloudWatchLogsLogGroup } of destinations) {
    // Whether the group exists is not looked up: here it may be a name for lines in this process's log.
    const match = LOG_GROUP_ARN.exec(cloudWatchLogsLogGroup?.logGroupArn ?? '');
    if (!match) throw new ApiError('InvalidLoggingConfiguration', 'Log Destination not found.');
    // The API page wants it; the text was observed on AWS.
    if (!match.groups?.all) {
      throw new ApiError('InvalidLoggingConfiguration', "Log Group ARN must be provided with '*' qualifier.");
    }
  }
  return { includeExecutionData: false, level: 'OFF', ...given };
}

export const tracingOf = (given: Configurations['tracingConfiguration']) => ({ enabled: false, ...given });

const OWNED_KEY = { type: 'AWS_OWNED_KEY' };
const REUSE_SECONDS = 300;

/** As it is kept; undefined for none. Throws InvalidEncryptionConfiguration. */
export function encryptionOf(given: Configurations['encryptionConfiguration']): object | undefined {
  if (!given) return undefined;
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = given;
  if (type === OWNED_KEY.type) {
    if (kmsKeyId === undefined && kmsDataKeyReusePeriodSeconds === undefined) return OWNED_KEY;
    const refusal = 'kmsKeyId and kmsDataKeyReusePeriodSeconds must not be set when type is AWS_OWNED_KEY';
    throw new ApiError('InvalidEncryptionConfiguration', refusal);
  }
  if (kmsKeyId === undefined) {
    throw new ApiError('InvalidEncryptionConfiguration', 'kmsKeyId is required when type is CUSTOMER_MANAGED_KMS_KEY');
  }
  return { kmsDataKeyReusePeriodSeconds: REUSE_SECONDS, ...given };
}

/** As it is given back: AWS says so of what has none. */
export const shownEncryption = (kept: unknown): unknown => kept ?? OWNED_KEY;
