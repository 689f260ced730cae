import { elementTexts, endOfValue } from '../asl/elements';
import { INLINE_TEXT_MAX } from './commit/layout';
import { Payload } from './payload';
import type { EndedOutputs, IterationsWait } from './snapshot';

/**
 * What a Map state keeps of its items and outputs. A step must not cost more with 10,000 items than with ten: items are
 * read out of the array's text one after the other, and outputs are packed into texts that are stored once.
 */

/** Outputs that a Map state's own frame keeps: what is packed beyond goes into a frame that is not rewritten. */
const OUTPUTS_MAX = 32;
/** What an output takes beside its text. */
const OUTPUT_BYTES = 8;

/** The item that begins there. */
export const itemAt = ({ items }: IterationsWait, at: number): Payload =>
  Payload.ofText(items.text.slice(at, endOfValue(items.text, at)));

/** With one more output; without any once they are over `bytesMax` together. */
export function withOutput(
  wait: IterationsWait,
  index: number,
  output: Payload,
  bytesMax: number,
): { wait: IterationsWait; full: readonly EndedOutputs[] | undefined } {
  const outputBytes = wait.outputBytes + output.bytes + OUTPUT_BYTES;
  if (outputBytes > bytesMax) return { wait: { ...wait, outputs: [], outputBytes }, full: undefined };
  const last = wait.outputs.at(-1);
  // Long texts are stored once with the event that tells of them, so these stay what they are.
  if (output.text.length <= INLINE_TEXT_MAX && last?.index === undefined && last && isOpen(last)) {
    const packed = Payload.ofText(`${last.output.text.slice(0, -1)},${index},${output.text}]`);
    return { wait: { ...wait, outputs: [...wait.outputs.slice(0, -1), pack(packed)], outputBytes }, full: undefined };
  }
  const added =
    output.text.length > INLINE_TEXT_MAX ? { index, output } : pack(Payload.ofText(`[${index},${output.text}]`));
  if (wait.outputs.length < OUTPUTS_MAX) {
    return { wait: { ...wait, outputs: [...wait.outputs, added], outputBytes }, full: undefined };
  }
  return { wait: { ...wait, outputs: [added], outputBytes }, full: wait.outputs };
}

const pack = (output: Payload): EndedOutputs => ({ index: undefined, output });

/** Whether it is still written with its frame: what is longer is stored apart, and stays as it is. */
const isOpen = ({ output }: EndedOutputs): boolean => output.isLoaded && output.text.length <= INLINE_TEXT_MAX;

/** All outputs as an array, in the order of the items. */
export function joinOutputs(ended: readonly EndedOutputs[]): Payload {
  const texts: string[] = [];
  for (const { index, output } of ended) {
    if (index !== undefined) {
      texts[index] = output.text;
      continue;
    }
    const packed = elementTexts(output.text);
    for (let at = 0; at < packed.length; at += 2) texts[Number(packed[at])] = packed[at + 1]!;
  }
  return Payload.ofText(`[${texts.join(',')}]`);
}
