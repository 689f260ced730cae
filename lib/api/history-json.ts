import { quoteJson } from '../asl/json';
import { EVENT_SHAPES, type HistoryEvent } from '../engine/history-event';
import { Payload } from '../engine/payload';
import type { Scope } from '../engine/variables';

/**
 * Writes history events as the API's JSON. By hand, since a page has a thousand of them and the same payload stands
 * in many: each is quoted once.
 */
export class HistoryWriter {
  private readonly quoted = new Map<Payload, string>();
  private readonly written = new Map<HistoryEvent, string>();

  constructor(private readonly includeExecutionData: boolean) {}

  /** Bytes of UTF-8: what is answered. */
  sizeOf(event: HistoryEvent): number {
    return Buffer.byteLength(this.write(event));
  }

  page(events: readonly HistoryEvent[], nextToken: string | undefined): string {
    const token = nextToken === undefined ? '' : `,"nextToken":${JSON.stringify(nextToken)}`;
    return `{"events":[${events.map((event) => this.write(event)).join(',')}]${token}}`;
  }

  private write(event: HistoryEvent): string {
    let text = this.written.get(event);
    if (text === undefined) {
      text = `{"id":${event.id},"previousEventId":${event.previousEventId},"timestamp":${event.timestampMs / 1000},"type":"${event.type}"${this.details(event)}}`;
      this.written.set(event, text);
    }
    return text;
  }

  private details({ type, details }: HistoryEvent): string {
    const { member, fields } = EVENT_SHAPES[type];
    if (!member) return '';
    let text = '';
    for (const [name, kind] of fields) {
      const value = details?.[name];
      if (value === undefined) continue;
      if (typeof value === 'number') text += `,"${name}":${value}`;
      else if (typeof value === 'string') text += `,"${name}":${JSON.stringify(value)}`;
      else if (this.includeExecutionData) {
        text += `,"${name}":${value instanceof Payload ? this.quote(value) : this.scope(value)}`;
        if (kind !== 'bare') text += `,"${name}Details":{"truncated":false}`;
      }
    }
    return `,"${member}":{${text.slice(1)}}`;
  }

  private scope(scope: Scope): string {
    return `{${Array.from(scope, ([name, value]) => `${JSON.stringify(name)}:${this.quote(value)}`).join(',')}}`;
  }

  private quote(payload: Payload): string {
    let text = this.quoted.get(payload);
    if (text === undefined) {
      text = quoteJson(payload.text);
      this.quoted.set(payload, text);
    }
    return text;
  }
}
