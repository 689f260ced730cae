import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MASTER_CHARACTERS_MIN, StoredAccessKeys } from '../adapters/dynamodb/access-keys';
import type { KeysOf } from './lambda-service';
import { BadEnvironment, VARIABLES } from './lambda-settings';

/** The keys of the deployment: their secrets come from the master secret, which Secrets Manager keeps. */
export const storedKeys: KeysOf = async ({ masterSecretArn, region }) => {
  if (masterSecretArn === undefined) throw new BadEnvironment(`${VARIABLES.masterSecretArn} is not set`);
  const client = new SecretsManagerClient({ region });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: masterSecretArn }));
  client.destroy();
  if (SecretString.length < MASTER_CHARACTERS_MIN) {
    throw new BadEnvironment(`the master secret has less than ${MASTER_CHARACTERS_MIN} characters: ${masterSecretArn}`);
  }
  const master = Buffer.from(SecretString);
  return (store) => new StoredAccessKeys(store.database, master);
};
