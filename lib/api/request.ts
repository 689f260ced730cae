import type { ClientSignal } from '../ports/activity-queues';

/** A request as it came, whatever brought it. */
export interface ApiRequest {
  method: string;
  /** Without the query string, as it was sent. */
  path: string;
  /** Paths that the client may have signed, where what lies between changes them; `path` alone when left out. */
  signedPaths?: readonly string[];
  /** Without the question mark, as it was sent. */
  query: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  /** Looked at by calls that wait. */
  client: ClientSignal;
}

export interface ApiResponse {
  status: number;
  /** Names and values in turn. */
  headers: string[];
  body: string;
}
