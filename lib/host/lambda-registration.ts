import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ACCESS_KEY_VARIABLE } from '../client/registered';
import { type RegistrationEvent, register } from '../client/registration';
import { type Credentials, SignedCaller } from '../client/signed-caller';

/** A response of CloudFormation holds 4 KB. */
const REASON_MAX = 2_000;

/**
 * The handler of a custom resource that registers machines and activities in a deployed Stepwell. It always answers
 * CloudFormation, which would wait an hour for an answer that does not come.
 */
export async function handleRegistration(event: RegistrationEvent): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId, ResponseURL } = event;
  const its = { StackId, RequestId, LogicalResourceId };
  let answer: object;
  try {
    const { Endpoint: endpoint, Region: region } = event.ResourceProperties;
    const api = new SignedCaller({ endpoint, region, credentials: await readAccessKey() });
    const { physicalId, attributes } = await register(api, event);
    answer = { Status: 'SUCCESS', PhysicalResourceId: physicalId, Data: attributes, ...its };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    console.error(JSON.stringify({ level: 'error', message, error: code ?? name, resource: LogicalResourceId }));
    // What was never made must not look like something to delete.
    const id = PhysicalResourceId ?? `never-registered-${RequestId}`;
    const reason = `${code === undefined ? '' : `${code}: `}${message}`.slice(0, REASON_MAX);
    answer = { Status: 'FAILED', PhysicalResourceId: id, Reason: reason, ...its };
  }
  // The URL is signed without a content type.
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    body: JSON.stringify(answer),
    headers: { 'content-type': '' },
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: HTTP ${response.status}`);
}

/** Read for each request: a key that was renewed counts at once. */
async function readAccessKey(): Promise<Credentials> {
  const SecretId = process.env[ACCESS_KEY_VARIABLE];
  const client = new SecretsManagerClient({});
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  client.destroy();
  const key = asKey(SecretString);
  if (key) return key;
  throw new Error(`the secret ${SecretId} is no access key: JSON with accessKeyId and secretAccessKey is wanted`);
}

function asKey(text: string): Credentials | undefined {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(text) as Partial<Credentials>;
    return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  } catch {
    return undefined;
  }
}
