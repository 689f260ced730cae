/** Services that tasks call, other than functions and this service itself. */
export interface Services {
  /** Calls and waits for the answer. Never rejects: what went wrong is the answer. */
  call(call: ServiceCall): Promise<ServiceResult>;
}

export interface ServiceCall {
  /** As in a Resource: `events:putEvents`, `aws-sdk:s3:getObject`. */
  name: string;
  /** As in `aws-sdk:<service>:<action>`. */
  service: string;
  /** As in a Resource: `sendMessage`. */
  action: string;
  /** A JSON object whose members begin with capitals. */
  parameters: string;
  /** How moments are written in the output. */
  dates: 'iso' | 'milliseconds';
}

export type ServiceResult =
  /** A JSON object whose members begin with capitals. */
  | { output: string; response: HttpFacts }
  | { refusal: ServiceRefusal }
  /** It could not be called at all. */
  | { error: string; cause: string };

/** How a call was answered over HTTP. */
export interface HttpFacts {
  status: number;
  headers: Record<string, string>;
}

export interface ServiceRefusal {
  /** As the service's model names the error: `ResourceNotFoundException`. Undefined: there was no answer. */
  code: string | undefined;
  /** As the answer named it, where that is something else: `NotFound` is SNS's NotFoundException. */
  wireCode?: string | undefined;
  message: string;
  status: number;
  requestId: string;
  /** Of S3 alone. */
  extendedRequestId?: string | undefined;
  /** Whether the error is one that the action is documented with. */
  isKnown: boolean;
  /** As AWS's SDK for Java writes the service: `DynamoDb`. */
  serviceName: string;
}
