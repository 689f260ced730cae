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
