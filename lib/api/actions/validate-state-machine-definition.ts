import type { MachineType } from '../../asl/definition/express';
import { defineAction, integer, oneOf, required, sensitive, text } from '../action';

const RESULTS_MAX = 100;

/**
 * Answers what CreateStateMachine would say of a definition, and more. Nothing is refused for what is in it. What AWS
 * runs and this service refuses to create is a warning: AWS says OK (recorded).
 */
export const validateStateMachineDefinition = defineAction({
  shape: (limits) => ({
    // AWS answers for an empty one.
    definition: required(sensitive(text(0, limits.definition))),
    type: oneOf('STANDARD', 'EXPRESS'),
    severity: oneOf('ERROR', 'WARNING'),
    maxResults: integer(0, RESULTS_MAX),
  }),

  async handle({ settings }, { definition, type = 'STANDARD', severity: least = 'ERROR', maxResults }) {
    const found = await settings.diagnose(definition, type as MachineType);
    const wanted = found.filter(({ severity }) => severity === 'ERROR' || least === 'WARNING');
    const shown = wanted.slice(0, maxResults || RESULTS_MAX);
    return {
      result: found.some(({ severity }) => severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: shown,
      truncated: shown.length < wanted.length,
    };
  },
});
