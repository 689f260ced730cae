/** An answer of the API that is not a success. */
export class ApiRefusal extends Error {
  constructor(
    /** As SDKs name it: `InvalidDefinition`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** No answer of the API: nobody listens there, or it is something else. */
export class NoAnswer extends Error {}
