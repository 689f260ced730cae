import type { ApiRefusal } from '../ports/own-api';

/** Every error that a client can get (api.md sections 2.1 and 7): namespace, HTTP status, and its message. */

const SERVICE = 'com.amazonaws.swf.service.v2.model';
const CORAL = 'com.amazon.coral.service';
const VALIDATE = 'com.amazon.coral.validate';
const AVAILABILITY = 'com.amazon.coral.availability';

interface ErrorShape {
  namespace: string;
  status: number;
  /** `{}` is replaced by the error's detail. Undefined: the error has no message. */
  message: string | undefined;
  /** The name of the message's member, where it is not `message`. */
  messageMember?: 'Message';
}

const service = (message: string): ErrorShape => ({ namespace: SERVICE, status: 400, message });

const ERRORS = {
  ActivityAlreadyExists: service("Activity Already Exists: '{}'"),
  ActivityDoesNotExist: service("Activity Does Not Exist: '{}'"),
  ActivityLimitExceeded: service('The maximum number of activities has been reached: {}'),
  ActivityWorkerLimitExceeded: service('The maximum number of workers polling this activity has been reached: {}'),
  ConflictException: service('{}'),
  ExecutionAlreadyExists: service("Execution Already Exists: '{}'"),
  ExecutionDoesNotExist: service("Execution Does Not Exist: '{}'"),
  ExecutionLimitExceeded: service('The maximum number of running executions has been reached: {}'),
  ExecutionNotRedrivable: service('Execution {}'),
  InvalidArn: service("Invalid Arn: '{}'"),
  InvalidRoleArn: { ...service("Invalid Role Arn: '{}'"), name: 'InvalidArn' },
  InvalidDefinition: service("Invalid State Machine Definition: '{}'"),
  InvalidEncryptionConfiguration: service('Invalid Encryption Configuration: {}'),
  InvalidExecutionInput: service("Invalid State Machine Execution Input: '{}'"),
  InvalidLoggingConfiguration: service('Invalid Logging Configuration: {}'),
  InvalidName: service("Invalid Name: '{}'"),
  InvalidOutput: service("Invalid Output: '{}'"),
  InvalidToken: service("Invalid Token: 'Invalid token'"),
  MissingRequiredParameter: service('{}'),
  ResourceNotFound: service("Resource not found: '{}'"),
  ReferenceNotFound: { ...service('Request references a resource that does not exist.'), name: 'ResourceNotFound' },
  ServiceQuotaExceededException: { ...service('{}'), status: 402 },
  StateMachineAlreadyExists: service("State Machine Already Exists: '{}'"),
  StateMachineDeleting: service("State Machine is being deleted: '{}'"),
  StateMachineDoesNotExist: service("State Machine Does Not Exist: '{}'"),
  StateMachineLimitExceeded: service('The maximum number of state machines has been reached: {}'),
  StateMachineTypeNotSupported: service('This operation is not supported by this type of state machine'),
  TaskDoesNotExist: service("Task Does Not Exist: 'Provided task does not exist'"),
  TaskTimedOut: service("Task Timed Out: 'Provided task does not exist anymore'"),
  TooManyTags: service('The maximum number of tags for a resource has been exceeded: {}'),

  ValidationException: { namespace: VALIDATE, status: 400, message: '{}' },
  ThrottlingException: { namespace: AVAILABILITY, status: 400, message: 'Rate exceeded' },

  AccessDeniedException: { namespace: CORAL, status: 400, message: '{}', messageMember: 'Message' },
  IncompleteSignatureException: { namespace: CORAL, status: 400, message: '{}' },
  InternalFailure: { namespace: CORAL, status: 500, message: undefined },
  InvalidSignatureException: { namespace: CORAL, status: 403, message: '{}' },
  MalformedQueryString: { namespace: CORAL, status: 404, message: 'The query string contains a syntax error.' },
  MissingAuthenticationTokenException: { namespace: CORAL, status: 403, message: 'Missing Authentication Token' },
  RequestEntityTooLarge: { namespace: CORAL, status: 413, message: 'The request is larger than {} bytes' },
  SerializationException: { namespace: CORAL, status: 400, message: '{}', messageMember: 'Message' },
  ServiceUnavailable: { namespace: CORAL, status: 503, message: 'The service is temporarily unavailable' },
  UnknownOperationException: { namespace: CORAL, status: 400, message: undefined },
  UnknownPath: { namespace: CORAL, status: 404, message: undefined, name: 'UnknownOperationException' },
  UnrecognizedClientException: {
    namespace: CORAL,
    status: 403,
    message: 'The security token included in the request is invalid.',
  },
} satisfies Record<string, ErrorShape & { name?: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An answer that refuses the request. Thrown by actions, turned into wire form by the protocol. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    detail = '',
    /** More members of the error, such as resourceName. */
    readonly members: Record<string, string> = {},
  ) {
    super((ERRORS[code].message ?? '').replace('{}', () => detail));
  }

  /** As another process refused it. */
  static of({ code, message }: ApiRefusal): ApiError {
    const error = new ApiError(Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'InternalFailure');
    error.message = message;
    return error;
  }

  get shape(): ErrorShape & { name: string } {
    return { name: this.code, ...ERRORS[this.code] };
  }
}

/** What is said of a version or an alias that is not there. */
export const referenceNotFound = (arn: string): ApiError =>
  new ApiError('ReferenceNotFound', '', { resourceName: arn });
