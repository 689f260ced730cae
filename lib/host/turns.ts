/** Who has given way to others: those without a place in line, in the order of coming, and those with one. */
const passing: (() => void)[] = [];
const line: { place: number; resume: () => void }[] = [];
let places = 0;
let wasOfLine = false;

/**
 * Others have their turn, and all that has come. One goes on in each round of the loop: whatever number of executions
 * compute at the same time, requests wait for a piece of one of them.
 */
export function giveWay(): Promise<void> {
  return new Promise((resume) => {
    passing.push(resume);
    begin();
  });
}

/**
 * The same for whoever does much: of those, the one that gave way first goes on first, in every second round at least.
 * An execution that computes with a long document holds many times its size. If twenty took turns, all of that would be
 * held at once, and be in the garbage collector's way; so they end one after the other, most of them sooner.
 */
export function placeInLine(): () => Promise<void> {
  let place = 0;
  return () =>
    new Promise((resume) => {
      place ||= ++places;
      const behind = line.findIndex((other) => other.place > place);
      line.splice(behind < 0 ? line.length : behind, 0, { place, resume });
      begin();
    });
}

function begin(): void {
  if (passing.length + line.length === 1) setImmediate(goOn);
}

function goOn(): void {
  wasOfLine = line.length > 0 && !(wasOfLine && passing.length > 0);
  const resume = wasOfLine ? line.shift()!.resume : passing.shift()!;
  resume();
  if (passing.length + line.length > 0) setImmediate(goOn);
}
