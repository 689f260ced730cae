/** Inputs `{"d": …}` of about as many bytes as an input may have, each with much of another thing. */

const BYTES_MAX = 256 * 1024;
const LEVELS = 900;

/** `piece` gives the text of the nth item or member. */
function filled(open, close, piece, most = BYTES_MAX) {
  let text = open;
  for (let n = 0; ; n++) {
    const next = (n > 0 ? ',' : '') + piece(n);
    if (text.length + next.length + close.length > most) return text + close;
    text += next;
  }
}

const list = (piece) => (most) => filled('{"d":[', ']}', piece, most);
const nested = (open) => `${open.repeat(LEVELS)}0${']'.repeat(LEVELS)}`;
const text = (piece) => (most) => `{"d":"${piece.repeat((most - 8) / piece.length)}"}`;

/** By name; `most`: how many bytes. */
const DOCUMENTS = {
  numbers: list((n) => n % 10),
  floats: list((n) => `${n % 10}.${n % 7}0`),
  strings: list((n) => `"${(n % 36).toString(36)}"`),
  objects: list((n) => `{"a":${n % 10}}`),
  records: list((n) => `{"id":${n},"a":"${'word '.repeat(n % 5)}","b":[${n % 3},true,null],"c":{"x":${n / 4}}}`),
  deep: list((n) => (n === 0 ? '{"a":1}' : nested('[1,'))),
  deepest: list(() => nested('[')),
  brackets: list(() => '[0]'),
  keys: (most) => filled('{"d":{', '}}', (n) => `"k${n}":0`, most),
  text: text('a'),
  words: text('some words, '),
  escapes: text('\\n\\"'),
  pairs: text('\\ud83d\\ude00 '),
};

/** The whole of it, and a small one of the same kind to warm up with. */
export const documentOf = (name) => DOCUMENTS[name](BYTES_MAX);
export const smallDocumentOf = (name) => DOCUMENTS[name](4_000);

/** Enough of them where many executions run at once: one of each kind that takes long. */
export const FEW_DOCUMENTS = ['records', 'deep'];
