import { createHmac, timingSafeEqual } from 'node:crypto';

/** In front, so that every token begins with a letter: the AWS CLI takes one that begins with a dash for an option. */
const VERSION = Buffer.of(0);
const MAC_BYTES = 16;
const BODY_AT = VERSION.length + MAC_BYTES;
const RECENT_MAX = 2_000;

/**
 * Opaque strings that only this deployment can make: task tokens and page tokens. No table is needed to check one.
 * base64url of a version, a truncated HMAC-SHA256, and the content.
 */
export class Seal {
  /** Made lately, and so known to be right: most tokens come back soon to the process that made them. */
  private readonly recent = new Map<string, string>();

  constructor(private readonly secret: Buffer) {}

  seal(content: string): string {
    const body = Buffer.from(content);
    const token = Buffer.concat([VERSION, this.mac(body), body]).toString('base64url');
    this.recent.set(token, content);
    if (this.recent.size > RECENT_MAX) this.recent.delete(this.recent.keys().next().value!);
    return token;
  }

  /** The content; undefined for anything that was not made here. */
  open(token: string): string | undefined {
    return this.recent.get(token) ?? this.verify(token);
  }

  private verify(token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length <= BODY_AT || bytes[0] !== VERSION[0] || bytes.toString('base64url') !== token) return undefined;
    const body = bytes.subarray(BODY_AT);
    return timingSafeEqual(bytes.subarray(VERSION.length, BODY_AT), this.mac(body)) ? body.toString() : undefined;
  }

  private mac(body: Buffer): Buffer {
    return createHmac('sha256', this.secret).update(body).digest().subarray(0, MAC_BYTES);
  }
}

/** A task in a worker's hands. */
export interface TaskIdentity {
  runId: string;
  taskEventId: number;
}

export const sealTask = (seal: Seal, { runId, taskEventId }: TaskIdentity): string =>
  seal.seal(`T ${runId} ${taskEventId}`);

export function openTask(seal: Seal, token: string): TaskIdentity | undefined {
  const match = /^T (\w+) (\d+)$/.exec(seal.open(token) ?? '');
  return match ? { runId: match[1]!, taskEventId: Number(match[2]) } : undefined;
}
