import type { Payload } from '../payload';
import type { EndedOutputs, Frame } from '../snapshot';
import { INLINE_TEXT_MAX } from './layout';

/** About how large a frame is when written. */
export function sizeOf({ stateName, input, waiting }: Frame): number {
  const own = FRAME_BYTES + stateName.length + inlineLength(input);
  switch (waiting.on) {
    case 'task':
      return own + TASK_BYTES + inlineLength(waiting.input);
    case 'siblings':
      return own + inlineLength(waiting.output);
    case 'iterations':
      return (
        own +
        ITERATIONS_BYTES +
        inlineLength(waiting.items) +
        outputsLength(waiting.outputs) +
        (waiting.mapRun?.name.length ?? 0)
      );
    case 'outputs':
      return own + outputsLength(waiting.outputs);
    default:
      return own;
  }
}

const FRAME_BYTES = 60;
const TASK_BYTES = 200;
const ITERATIONS_BYTES = 60;
const REF_BYTES = 20;

const inlineLength = (payload: Payload): number =>
  payload.isLoaded && payload.text.length <= INLINE_TEXT_MAX ? payload.text.length : REF_BYTES;

const outputsLength = (outputs: readonly EndedOutputs[]): number =>
  outputs.reduce((sum, { output }) => sum + 10 + inlineLength(output), 0);

/** The same of a variable. */
export const sizeOfVariable = (name: string, value: Payload): number =>
  VARIABLE_BYTES + name.length + inlineLength(value);

const VARIABLE_BYTES = 15;
