import { createHmac } from 'node:crypto';
import type { AccessKey, AccessKeys } from '../../ports/access-keys';
import type { Database, Item } from './database';

const KIND = 'KEY';
/** A key that is disabled, or may do less, is so everywhere after this. */
const KNOWN_FOR_MS = 60_000;
const KNOWN_MAX = 1_000;
/** A master secret is no shorter. */
export const MASTER_CHARACTERS_MIN = 32;

export interface NewAccessKey {
  accessKeyId: string;
  /** Names the caller in messages. */
  principal: string;
  /** Undefined for all. */
  allowedActions: readonly string[] | undefined;
}

/** What can be told of a key without its secret. */
export interface ListedAccessKey extends NewAccessKey {
  isDisabled: boolean;
}

/**
 * Access keys of a deployment. Secrets stand in no table: each is derived from the deployment's master secret, which is
 * kept elsewhere, and the key's id.
 */
export class StoredAccessKeys implements AccessKeys {
  private readonly known = new Map<string, { key: AccessKey; untilMs: number }>();

  constructor(
    private readonly database: Database,
    private readonly master: Buffer,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    const nowMs = this.nowMs();
    const known = this.known.get(accessKeyId);
    if (known && nowMs < known.untilMs) return known.key;
    this.known.delete(accessKeyId);
    // What the caller sent may be no key at all.
    if (!/^\w{1,128}$/.test(accessKeyId)) return undefined;
    const item = await this.database.get('registry', { kind: KIND, name: accessKeyId });
    if (!item || item.disabled === true) return undefined;
    const key = this.keyOf(item);
    if (this.known.size >= KNOWN_MAX) this.known.clear();
    this.known.set(accessKeyId, { key, untilMs: nowMs + KNOWN_FOR_MS });
    return key;
  }

  /** Answers the secret, which nobody will be shown again; undefined when there is a key with that id. */
  async create({ accessKeyId, principal, allowedActions }: NewAccessKey): Promise<string | undefined> {
    const actions = allowedActions && JSON.stringify(allowedActions);
    const item = { kind: KIND, name: accessKeyId, principal, actions, disabled: false };
    const refusal = await this.database.put('registry', item, { text: 'attribute_not_exists(#kind)' });
    return refusal ? undefined : this.secretOf(accessKeyId);
  }

  /** Answers whether there is such a key. */
  async disable(accessKeyId: string): Promise<boolean> {
    const change = { text: 'SET #disabled = :disabled', values: { ':disabled': true } };
    const key = { kind: KIND, name: accessKeyId };
    this.known.delete(accessKeyId);
    return !(await this.database.update('registry', key, change, { text: 'attribute_exists(#kind)' }));
  }

  /** Answers whether there was such a key. A key that is made under its id again has the same secret. */
  async delete(accessKeyId: string): Promise<boolean> {
    this.known.delete(accessKeyId);
    const refusal = await this.database.delete(
      'registry',
      { kind: KIND, name: accessKeyId },
      { text: 'attribute_exists(#kind)' },
    );
    return !refusal || refusal.isAgain;
  }

  /** By id. */
  async list(): Promise<ListedAccessKey[]> {
    const items = await this.database.all('registry', { where: { text: '#kind = :kind', values: { ':kind': KIND } } });
    return items.map((item) => ({
      accessKeyId: String(item.name),
      principal: String(item.principal),
      allowedActions: actionsOf(item),
      isDisabled: item.disabled === true,
    }));
  }

  private keyOf(item: Item): AccessKey {
    return {
      secretAccessKey: this.secretOf(String(item.name)),
      principal: String(item.principal),
      allowedActions: actionsOf(item),
    };
  }

  private secretOf(accessKeyId: string): string {
    return createHmac('sha256', this.master).update(`access key ${accessKeyId}`).digest('base64url');
  }
}

const actionsOf = ({ actions }: Item): string[] | undefined =>
  actions === undefined ? undefined : (JSON.parse(String(actions)) as string[]);
