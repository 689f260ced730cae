/** Pass states, one after the other; `last` has more members of the last. State names begin with `prefix`. */
export function passChain(length, { prefix = 'Pass', last = {} } = {}) {
  const States = {};
  for (let i = 1; i < length; i++) States[`${prefix}${i}`] = { Type: 'Pass', Next: `${prefix}${i + 1}` };
  States[`${prefix}${length}`] = { Type: 'Pass', ...last, End: true };
  return { StartAt: `${prefix}1`, States };
}

/** A Parallel state; each branch is a chain whose output tells its number. */
export function parallelChains(branches, length) {
  const Branches = Array.from({ length: branches }, (_, branch) =>
    passChain(length, { prefix: `Branch${branch}-`, last: { Result: { branch } } }),
  );
  return { StartAt: 'Fan', States: { Fan: { Type: 'Parallel', Branches, End: true } } };
}

export function taskOf(Resource) {
  return { StartAt: 'Work', States: { Work: { Type: 'Task', Resource, TimeoutSeconds: 600, End: true } } };
}

export function waitOf(Seconds) {
  return { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds, End: true } } };
}

/** A Map state over the input's `items`; each iteration is a Pass state. */
export function mapOf(MaxConcurrency) {
  const ItemProcessor = { ProcessorConfig: { Mode: 'INLINE' }, ...passChain(1, { prefix: 'Item' }) };
  return {
    StartAt: 'Each',
    States: { Each: { Type: 'Map', ItemsPath: '$.items', MaxConcurrency, ItemProcessor, End: true } },
  };
}

/** Parallel states, one after the other, each of which counts on, words a label, and picks from the result. */
export function dataChain(length) {
  const States = {};
  for (let i = 1; i <= length; i++) {
    States[`Step${i}`] = {
      Type: 'Parallel',
      Parameters: { 'i.$': '$.i', 'text.$': '$.text', 'label.$': "States.Format('{}-{}', $.text, $.i)" },
      Branches: [passChain(1, { prefix: `Inside${i}-` })],
      ResultSelector: { 'i.$': 'States.MathAdd($[0].i, 1)', 'text.$': '$[0].text', 'label.$': '$[0].label' },
      ...(i < length ? { Next: `Step${i + 1}` } : { End: true }),
    };
  }
  return { StartAt: 'Step1', States };
}

/** A state machine that starts an execution of another with its own input, and ends with the output of that. */
export function nestedOf(StateMachineArn) {
  const Inner = {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Parameters: { StateMachineArn, 'Input.$': '$' },
    OutputPath: '$.Output',
    End: true,
  };
  return { StartAt: 'Inner', States: { Inner } };
}
