/** A part of the name is nearer than any edit. */
const PART = 0.5;

/** The candidate that was probably meant: nearest in letters changed, left out, added or swapped. Undefined if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string) => text.replace(/^-+/, '').toLowerCase();
  const wanted = bare(word);
  if (wanted === '') return undefined;
  const most = wanted.length < 4 ? 1 : Math.floor(wanted.length / 3);
  let found: string | undefined;
  let least = most + 1;
  for (const candidate of candidates) {
    const name = bare(candidate);
    const distance = isPartOf(wanted, name) ? PART : editsBetween(wanted, name);
    if (distance < least) {
      least = distance;
      found = candidate;
    }
  }
  return found;
}

/** The beginning of a name, or some of its words. */
function isPartOf(wanted: string, name: string): boolean {
  const words = name.split('-');
  return name.startsWith(wanted) || wanted.split('-').every((word) => words.includes(word));
}

/** Edits that make one word of the other; a swap of neighbours is one. */
function editsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let edits = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) edits = Math.min(edits, rows[i - 2]![j - 2]! + 1);
      row.push(edits);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
