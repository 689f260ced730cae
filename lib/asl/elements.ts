/** Reading single elements out of the text of a JSON array, without parsing the rest of it. */

/** Where the array's first element begins, or its closing bracket stands. */
export const FIRST_ELEMENT = 1;

/**
 * Where the value that begins at `start` ends. The text is compact JSON (`parseJson(text).compact`), which is not
 * checked here.
 */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 34: // "
        at = endOfString(text, at) - 1;
        break;
      case 91: // [
      case 123: // {
        depth++;
        break;
      case 93: // ]
      case 125: // }
        if (depth === 0) return at;
        depth--;
        break;
      case 44: // ,
        if (depth === 0) return at;
    }
  }
  return text.length;
}

/** Behind the closing quote of the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** The texts of the elements of an array, in order. */
export function elementTexts(array: string): string[] {
  const elements: string[] = [];
  for (let at = FIRST_ELEMENT; at < array.length - 1; ) {
    const end = endOfValue(array, at);
    elements.push(array.slice(at, end));
    at = end + 1;
  }
  return elements;
}
