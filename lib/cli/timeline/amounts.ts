/** Durations and texts as a timeline shows them. */

export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${Number((ms / 1000).toFixed(2))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

export const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

const CAUSE_MAX = 120;

/** `ERROR: cause`; of a function's report only its message, and of a long cause its beginning. */
export function failureText(error: string | undefined, cause: string | undefined): string {
  const name = error ?? 'an error without a name';
  const reason = messageIn(cause ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  if (reason === '') return name;
  return `${name}: ${reason.length > CAUSE_MAX ? `${reason.slice(0, CAUSE_MAX - 1)}…` : reason}`;
}

function messageIn(cause: string): string {
  if (!cause.startsWith('{')) return cause;
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
