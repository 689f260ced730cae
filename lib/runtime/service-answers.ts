import type { ServiceTask } from '../asl/definition/integrations';
import type { HttpFacts, ServiceRefusal } from '../ports/services';

/** How calls of services end, in the words of AWS's SDKs for Java (recorded on AWS). */

/** An error's name and cause: `SQS.QueueDoesNotExistException`, `Sfn.InvalidTokenException`. */
export function refusalOf(
  { integration: { errors } }: ServiceTask,
  refusal: ServiceRefusal,
): { error: string; cause: string } {
  const { code, wireCode = code, message, status, requestId, extendedRequestId, isKnown, serviceName } = refusal;
  const prefix = errors?.prefix ?? serviceName;
  if (code === undefined)
    return { error: `${prefix}.SdkClientException`, cause: `Unable to execute HTTP request: ${message}` };
  const known = code.endsWith('Exception') ? code : `${code}Exception`;
  const error = `${prefix}.${isKnown ? known : (errors?.unknown ?? `${serviceName}Exception`)}`;
  const ids = extendedRequestId === undefined ? requestId : `${requestId}, Extended Request ID: ${extendedRequestId}`;
  const facts = errors
    ? `(Service: ${errors.service}; Status Code: ${status}; Error Code: ${wireCode}; Request ID: ${requestId}; Proxy: null)`
    : `(Service: ${serviceName}, Status Code: ${status}, Request ID: ${ids}) (SDK Attempt Count: 1)`;
  return { error, cause: `${message} ${facts}` };
}

/** The members of a JSON object, as texts, by name. */
export type Members = readonly (readonly [name: string, json: string])[];

/** An output with what optimized integrations tell of the answer; members in the order of the alphabet. */
export function withMetadata(members: Members, { status, headers }: HttpFacts): string {
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amzn-request-id'] ?? headers['x-amz-request-id'] ?? '';
  const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const http = { AllHttpHeaders: all, HttpHeaders: headers, HttpStatusCode: status };
  return objectOf([
    ...members,
    ['SdkHttpMetadata', JSON.stringify(http)],
    ['SdkResponseMetadata', JSON.stringify({ RequestId: requestId })],
  ]);
}

export const objectOf = (members: Members): string =>
  `{${[...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(',')}}`;

/** The answer of a call that never left this process. */
export function ownResponse(requestId: string): HttpFacts {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId } };
}
