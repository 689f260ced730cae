/** White space (to JavaScript, U+FEFF is some too), brackets, wildcards, punctuation that ARNs use, control characters, and what is no character. */
const FORBIDDEN = /[^\S\ufeff]|[<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/;

/** What no name of a state machine, activity or execution may hold, and no label; undefined where there is nothing of it. */
export const forbiddenIn = (name: string): string | undefined => FORBIDDEN.exec(name)?.[0];
