/** Whatever calls actions of the API. */
export interface Caller {
  /** Rejects with ApiRefusal for an answer that is no success, with NoAnswer where none comes. */
  call<Answer extends object>(action: string, input: object): Promise<Answer>;
}
