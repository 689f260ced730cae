/** Who may call. */
export interface AccessKeys {
  find(accessKeyId: string): Promise<AccessKey | undefined>;
}

export interface AccessKey {
  secretAccessKey: string;
  /** For temporary keys: requests must carry it. */
  sessionToken?: string | undefined;
  /** Names the caller in messages. */
  principal: string;
  /** Actions that it may call; undefined for all. */
  allowedActions?: readonly string[] | undefined;
}
