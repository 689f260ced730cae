/** Calls to what is outside: a process may die before, during and after each of them. */
const CALLS = [
  'journal.append',
  'journal.newest',
  'journal.range',
  'journal.commitsAt',
  'journal.openBeat',
  'journal.beat',
  'journal.closeBeat',
  'executions.start',
  'executions.get',
  'executions.close',
  'executions.reopen',
  'executions.fence',
  'executions.openOf',
  'executions.openByStart',
  'registry.machine',
  'registry.revision',
  'registry.updateMachine',
  'registry.removeMachine',
  'registry.activity',
  'advance.send',
  'advance.sendDue',
  'advance.delete',
  'advance.release',
  'tasks.send',
  'tasks.extend',
  'tasks.delete',
  'tasks.release',
  'activities.offer',
  'activities.remove',
  'activities.release',
  'timers.add',
  'timers.dueIn',
  'timers.remove',
  'timers.cursor',
  'timers.moveCursor',
  'notes.read',
  'notes.write',
];

/** What is called goes on at once, whether or not its caller is there. */
const WORK = ['functions.invoke', 'services.call'];

/**
 * Where a process dies, in the words of the counts: all of them are hit by some 2,000 seeds. A call that is new has to
 * be named here.
 */
export const CRASH_POINTS: readonly string[] = [
  ...CALLS.flatMap((call) => [`dies before ${call}`, `dies during ${call}`, `dies after ${call}`]),
  ...WORK.flatMap((call) => [`dies before ${call}`, `dies after ${call}`]),
];
