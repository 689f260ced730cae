/** Why a command cannot do what it was told: one line that says what is wrong and what to do. */
export abstract class Refusal extends Error {
  abstract readonly exitStatus: number;
}

/** What was said cannot be used: a word, a value, or a file that it names. */
export class BadSetting extends Refusal {
  readonly exitStatus = 2;
}

/** What was said is fine, but the machine does not allow it: the port, the folder, the store. */
export class CannotStart extends Refusal {
  readonly exitStatus = 1;
}
