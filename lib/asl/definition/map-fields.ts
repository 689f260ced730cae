import { isObject, type Json, type JsonObject } from '../json';
import { forbiddenIn } from '../names';
import * as check from './checks';

/** What a Map state runs for each item, and how: fields that are the same in both languages. */

const executionType: check.Check = (value, place) => {
  if (value === 'EXPRESS') place.refuse("ExecutionType 'EXPRESS' is");
  else check.oneOf('STANDARD', 'EXPRESS')(value, place);
};

export const PROCESSOR_CONFIG: check.Shape = {
  fields: { Mode: check.oneOf('INLINE', 'DISTRIBUTED'), ExecutionType: executionType },
};
/** An inline one has no ExecutionType on AWS either (reported). */
const INLINE_CONFIG: check.Shape = { fields: { Mode: PROCESSOR_CONFIG.fields.Mode! } };
const processorConfig: check.Check = (value, place) => {
  const isInline = isObject(value) && value.get('Mode') !== 'DISTRIBUTED';
  check.object(isInline ? INLINE_CONFIG : PROCESSOR_CONFIG)(value, place);
};
export const ITEM_PROCESSOR: check.Shape = {
  fields: {
    Comment: check.text,
    ProcessorConfig: processorConfig,
    StartAt: check.text,
    States: check.anything,
  },
  required: ['States', 'StartAt'],
};
export const itemProcessor = check.object(ITEM_PROCESSOR);

const LABEL_MAX = 40;

/** It stands in ARNs. */
export const label: check.Check = (value, place) => {
  if (typeof value !== 'string') return place.report('Expected value of type String');
  const forbidden = forbiddenIn(value);
  if (value.length === 0) place.report('Label cannot be empty');
  else if (value.length > LABEL_MAX) place.report(`Label cannot exceed ${LABEL_MAX} characters`);
  else if (forbidden !== undefined) place.report(`Label contains invalid character: '${forbidden}'`);
};

export const percentage: check.Check = (value, place) => {
  check.atLeast(0)(value, place);
  check.atMost(100)(value, place);
};

/** Fields of distributed maps that are not built: what is read from S3 and written there, and batches. */
export const NOT_YET = ['ItemReader', 'ItemBatcher', 'ResultWriter'];

/** What a Map state runs for each item; Iterator is its older name. */
export const processorOf = (state: JsonObject): Json | undefined => state.get('ItemProcessor') ?? state.get('Iterator');

/** Whether its items run as executions of their own. */
export function isDistributed(state: JsonObject): boolean {
  const processor = state.get('Type') === 'Map' ? processorOf(state) : undefined;
  const config = isObject(processor) ? processor.get('ProcessorConfig') : undefined;
  return isObject(config) && config.get('Mode') === 'DISTRIBUTED';
}
