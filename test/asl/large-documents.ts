/** Documents that are nearly as large as one may be. */

const DOCUMENT_MAX = 262_144;
/** Room for what stands around. */
const BYTES = DOCUMENT_MAX - 1_000;

/** A list of as many items as fit. */
export function repeated(item: (index: number) => string, bytes = BYTES): string {
  const items: string[] = [];
  for (let length = 0, index = 0; ; index++) {
    const text = item(index);
    length += text.length + 1;
    if (length > bytes) return `[${items.join(',')}]`;
    items.push(text);
  }
}

export const nest = (depth: number, open: string, core: string, close: string): string =>
  open.repeat(depth) + core + close.repeat(depth);
