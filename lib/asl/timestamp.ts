/** An instant with nanoseconds, as ASL compares and waits for it. */
export interface Instant {
  seconds: number;
  nanos: number;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** RFC 3339 with an upper-case T and a zone (Z or an offset). Undefined for anything else, also for a month 13. */
export function parseTimestamp(text: string): Instant | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetMinutes = match[8] ? Number(match[9]) * 60 + Number(match[10]) : 0;
  if (hour > 23 || minute > 59 || second > 59 || offsetMinutes > 18 * 60 || Number(match[10] ?? 0) > 59)
    return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const shift = (match[8] === '-' ? 1 : -1) * offsetMinutes * 60;
  return {
    seconds: date.getTime() / 1000 + shift,
    nanos: Number((match[7] ?? '0').slice(0, 9).padEnd(9, '0')),
  };
}

export const compareInstants = (a: Instant, b: Instant): number => a.seconds - b.seconds || a.nanos - b.nanos;

/** Milliseconds since the epoch, rounded up: waiting that long never ends early. */
export const instantMs = (instant: Instant): number => instant.seconds * 1000 + Math.ceil(instant.nanos / 1e6);
