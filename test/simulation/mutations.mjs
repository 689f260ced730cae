// Each takes one guard away, by an edit of the sources while they are bundled. The simulation has to find every one, in
// 2,000 seeds. Where hardly any world would need the guard, `mix` says what goes wrong in all.

const edit = (file, from, to) => ({ file, from, to });
const RUNS = 'lib/runtime/runs.ts';
const ADVANCE = 'lib/runtime/advance.ts';
const TASK = 'lib/runtime/task.ts';
const POLL = 'lib/runtime/poll.ts';
const TIMERS = 'lib/runtime/timers.ts';
const AUDIT = 'lib/runtime/audit.ts';
const TRANSITION = 'lib/engine/transition.ts';
const CHILDREN = 'lib/runtime/children.ts';
const DISCHARGE = 'lib/runtime/discharge.ts';

const PROMISE =
  "      if (promised) await ports.advance.send({ type: 'advance', run: mailbox.run, from: made.slot });\n";
const APPEND = '      const result = await ports.journal.append(mailbox.run, commit);\n';
const REOPEN = '      await this.reopen(mailbox, held, made);\n';
const START_PROMISE = "      await (promise ?? ports.advance.send({ type: 'advance', run, from }));\n";
const START = '      const result = await ports.executions.start(head, ports.clock.nowMs(), first?.commit);\n';
const LEASE_BEFORE_CALL = '      if (!isCovered(delivery, this.ports.clock.nowMs())) throw leaseError();\n';
const BEAT_BEFORE_CALL = '      if (task.heartbeatAtMs !== undefined) {\n';

/** Heads are opened by writes that land late. */
const LATE_OPENINGS = {
  faults: ['slow', 'dies during'],
  at: ['executions.reopen'],
  machines: ['approval', 'sleeper'],
  isRedriven: true,
};

/** Results land when their worker's lease has run out, and it has given up. */
const LATE_RESULTS = {
  faults: ['slow append', 'stalls'],
  at: ['journal.append', 'journal.newest'],
  machines: ['order', 'fan-out'],
};

export const MUTATIONS = [
  {
    name: 'promise after the commit',
    edits: [edit(RUNS, PROMISE, ''), edit(RUNS, APPEND, APPEND + PROMISE)],
  },
  {
    name: 'promise after the start',
    edits: [edit(RUNS, START_PROMISE, ''), edit(RUNS, START, START + START_PROMISE)],
  },
  {
    name: 'a start does not wait for what was promised early',
    edits: [
      edit(RUNS, START_PROMISE, "      if (!promise) await ports.advance.send({ type: 'advance', run, from });\n"),
    ],
  },
  {
    name: 'nobody hears that what was promised does not come',
    edits: [
      edit(
        RUNS,
        'Object.assign(mailbox, { promise: undefined, absent: true });\n    void this.drain(mailbox);',
        'Object.assign(mailbox, { promise: undefined, absent: true });',
      ),
    ],
  },
  {
    // A start that is long under way lands when the last look has passed.
    mix: { faults: ['slow append', 'stalls'], at: ['executions.start'], machines: ['sleeper'], isDeleted: true },
    name: 'a first turn believes in a machine that it saw long ago',
    edits: [
      edit('lib/runtime/orphans.ts', 'const KNOWN_AT_FIRST_FOR_MS = 1_000;', 'const KNOWN_AT_FIRST_FOR_MS = 60_000;'),
    ],
  },
  {
    // A stop whose client is gone lands long after.
    mix: {
      faults: ['slow append', 'append outlives its writer', 'client gives up'],
      machines: ['sleeper', 'approval'],
    },
    name: 'no fence in advance',
    edits: [edit(ADVANCE, 'if (isAgain) await this.runs.fence(run, delivery, from);', '')],
  },
  {
    name: 'no fence in tasks',
    edits: [edit(TASK, 'if (isAgain) await this.runs.fence(run, delivery, from);', '')],
  },
  {
    name: 'no fence of a start that is under way',
    edits: [
      edit(ADVANCE, 'const fenced = await this.ports.executions.fence(run);', "const fenced = 'fenced' as string;"),
    ],
  },
  {
    mix: { faults: ['slow append', 'append outlives its writer', 'stalls'], machines: ['for-each', 'approval'] },
    name: 'an early promise is not looked at again',
    edits: [
      edit(
        ADVANCE,
        'if (isPromise && !isAgain && isEmptySlot(submitted.snapshot, from)) return { againAfterMs: EARLY_PROMISE_MS };',
        '',
      ),
    ],
  },
  {
    name: 'an early promise of a start is not looked at again',
    edits: [
      edit(ADVANCE, 'if (!isAgain) return { againAfterMs: EARLY_PROMISE_MS };', "if (!isAgain) return 'delete';"),
    ],
  },
  {
    name: 'a promise dispatches only what its own turn asks for',
    edits: [edit(ADVANCE, 'if (isPromise || isAgain) await', 'if (isAgain) await')],
  },
  {
    name: 'a message that comes again dispatches only what its own turn asks for',
    edits: [edit(ADVANCE, 'if (isPromise || isAgain) await', 'if (isPromise) await')],
  },
  {
    name: 'delete before dispatch',
    edits: [
      edit(
        ADVANCE,
        'await this.discharge.own(run, submitted, delivery);',
        'void this.discharge.own(run, submitted, delivery).catch(() => {});',
      ),
      edit(
        ADVANCE,
        'await this.discharge.outstanding(run, submitted, from, delivery);',
        'void this.discharge.outstanding(run, submitted, from, delivery).catch(() => {});',
      ),
    ],
  },
  {
    name: 'no lease check',
    edits: [
      edit(
        'lib/runtime/cover.ts',
        "cover === 'promise' || nowMs <= cover.leaseUntilMs - LEASE_MARGIN_MS;",
        'cover !== undefined || nowMs > 0;',
      ),
    ],
  },
  {
    name: 'no lease check before a function is invoked',
    edits: [edit(TASK, 'if (!isCovered(delivery, this.ports.clock.nowMs())) throw leaseError();', '')],
  },
  {
    mix: { faults: ['stalls'], at: ['journal.append'], machines: ['approval', 'fan-out'], isCrowded: true },
    name: 'no lease check before a task is answered to a worker',
    edits: [
      edit(POLL, 'if (task && !isCovered(received, clock.nowMs())) throw leaseError();', ''),
      edit(POLL, 'if (task && clock.nowMs() >= received.leaseUntilMs) throw leaseError();', ''),
    ],
  },
  {
    name: 'an offer is deleted after it is answered',
    edits: [
      edit(
        POLL,
        'await activityQueues.remove(generation, received);',
        'void activityQueues.remove(generation, received).catch(() => {});',
      ),
    ],
  },
  {
    name: 'an offer that comes again dispatches nothing',
    edits: [edit(POLL, 'await this.discharge.outstanding(run, submitted, from, received);', '')],
  },
  {
    name: 'the beat is not opened',
    edits: [edit(POLL, 'await this.ports.journal.openBeat(run.runId, taskEventId, wait.heartbeatAtMs);', '')],
  },
  {
    name: 'answers from what was kept',
    edits: [edit(RUNS, 'let isFresh = ports.journal.isExclusive;', 'let isFresh = ports.journal.isExclusive || true;')],
  },
  {
    name: 'a task may be taken by anybody again',
    edits: [edit(TRANSITION, "return wait.claim === trigger.claim ? 'yours' : 'taken';", "return 'yours';")],
  },
  {
    name: 'a heartbeat does not move the deadline on',
    edits: [
      edit(
        ADVANCE,
        "if (beat === 'closed') missedHeartbeats.push(waiting.eventId);",
        'if (beat !== undefined) missedHeartbeats.push(waiting.eventId);',
      ),
    ],
  },
  {
    name: 'a result is thrown away when it cannot be written',
    edits: [
      edit(TASK, "await this.ports.advance.send({ type: 'result', run, from, taskEventId, claim, result });", ''),
      edit(TASK, '; isCovered(delivery, this.ports.clock.nowMs()); isAgain', '; !isAgain; isAgain'),
      edit(TASK, 'return isAgain && !this.ports.journal.isExclusive ? GIVEN_UP : undefined;', ''),
    ],
  },
  {
    name: 'a task message that comes again dispatches nothing',
    edits: [
      edit(
        TASK,
        'if (isAgain) await this.discharge.outstanding(run, submitted, from, delivery);\n    else await',
        'if (!isAgain) await',
      ),
    ],
  },
  {
    name: 'executions of a state machine that is gone go on',
    edits: [edit('lib/runtime/orphans.ts', 'return isOrphan;\n  }\n}', 'return isOrphan && false;\n  }\n}')],
  },
  {
    name: 'a state machine goes at the first empty look',
    edits: [edit('lib/runtime/delete-machine.ts', 'const EMPTY_LOOKS = 2;', 'const EMPTY_LOOKS = 1;')],
  },
  {
    name: 'a timer is removed before it is sent',
    edits: [
      edit(
        TIMERS,
        'await this.sendDue(timer.message, timer.atMs);\n    moved.sent++;\n    await this.timers.remove(timer);',
        'await this.timers.remove(timer);\n    moved.sent++;\n    await this.sendDue(timer.message, timer.atMs);',
      ),
    ],
  },
  {
    name: 'a minute is passed over while timers wait in it',
    edits: [
      edit(
        TIMERS,
        'if (emptied[index] && one === passed && one < passable) passed++;',
        'if (one < passable) passed = one + 1;',
      ),
    ],
  },
  {
    name: 'a minute is passed over while it is young',
    mix: { faults: ['slow', 'dies during'], at: ['timers.add'], machines: ['nap'] },
    edits: [edit(TIMERS, 'const PASSED_AFTER_MS = 10 * MINUTE_MS;', 'const PASSED_AFTER_MS = -15 * MINUTE_MS;')],
  },
  {
    name: 'a wake-up that comes early is dropped',
    edits: [
      edit(ADVANCE, 'alarm?.since === from && alarm.atMs > handledMs;', 'alarm?.since === from && alarm.atMs < 0;'),
    ],
  },
  {
    name: 'the auditor sends functions that are running again',
    edits: [
      edit(
        AUDIT,
        'return isQuietFor(FUNCTION_LOST_AFTER_MS) || this.isStartedBefore(run.runId, wait, beforeMs);',
        'return beforeMs > 0;',
      ),
    ],
  },
  {
    name: 'the auditor looks at nothing',
    edits: [
      edit(
        AUDIT,
        'if (!(await this.isLost(run, effect, snapshot, nowMs))) continue;',
        'if (effect !== undefined) continue;',
      ),
    ],
  },
  {
    name: 'the auditor passes over starts without a turn',
    edits: [
      edit(
        AUDIT,
        "await this.ports.advance.send({ type: 'advance', run, from: FIRST_SLOT });\n      return ['Start'];",
        "return ['Start'];",
      ),
    ],
  },
  {
    name: 'a machine that is gone is believed to be there',
    edits: [
      edit(
        'lib/runtime/orphans.ts',
        'if (seen?.machineId === run.machineId && isWithin(nowMs, seen, knownForMs)) return false;',
        'if (seen?.machineId === run.machineId && knownForMs > 0) return false;',
      ),
    ],
  },
  {
    name: 'the head is not closed',
    edits: [
      edit(
        'lib/runtime/discharge.ts',
        'return this.ports.executions.close(run, closed, slotOf(snapshot));',
        "return closed && slotOf(snapshot) > 0 ? 'closed' : undefined;",
      ),
    ],
  },
  {
    // A stop has to be written behind event-less commits, by a process that dies before it closes the head.
    name: 'the close is sought one slot too early',
    edits: [edit('lib/engine/effect.ts', 'slotOf(snapshot) - 1', 'slotOf(snapshot) - 1_000_000')],
  },
  {
    // A process has to die between the two, of which there is one for each redrive.
    mix: { faults: ['dies before'], at: ['executions.reopen'], machines: ['approval', 'fan-out'], isRedriven: true },
    name: 'a redrive opens the head after its commit',
    edits: [edit(RUNS, REOPEN, ''), edit(RUNS, APPEND, APPEND + REOPEN)],
  },
  {
    name: 'an execution that ends does not tell its parent',
    edits: [edit(DISCHARGE, 'return this.children.tellParent(effect.parent);', 'return;')],
  },
  {
    name: 'a task does not look at what it started once it waits',
    edits: [edit(DISCHARGE, 'return this.children.tellIfEnded(run, effect.taskEventId, snapshot);', 'return;')],
  },
  {
    name: 'an execution that nobody waits for is not stopped',
    edits: [edit(DISCHARGE, 'return this.children.stop(effect.child);', 'return;')],
  },
  {
    name: 'what is to be stopped does not stand in the snapshot',
    edits: [edit('lib/engine/effect.ts', '...stopsOf(snapshot.outbox, from)];\n  const', '];\n  const')],
  },
  {
    name: 'a task that asks again for its execution does not get it',
    edits: [
      edit(
        'lib/runtime/start.ts',
        'if (startedBy && isSameTask(existing.startedBy, startedBy)) return { repeated: existing };',
        '',
      ),
    ],
  },
  {
    name: 'who started an execution for a task that was given up leaves it alone',
    edits: [edit(CHILDREN, 'if (child) await this.stop(child);', 'if (child) return;')],
  },
  {
    name: 'what a dead worker started for a task that was given up is not looked for',
    edits: [edit(CHILDREN, 'if (head) await this.stop(head);', 'void head;')],
  },
  {
    // A start lands, and whoever made it dies before anybody hears of it.
    mix: { faults: ['dies after', 'dies during'], at: ['executions.start'], machines: ['each-apart-race'] },
    name: 'nobody looks for a child that was being started when its map run failed',
    edits: [edit(CHILDREN, 'this.childOf(run, taskEventId, mapRun);', 'undefined;')],
  },
  {
    name: 'children of a map run that failed are not stopped',
    edits: [edit('lib/engine/turn.ts', "kind === 'child' || (kind === 'service' &&", "(kind === 'service' &&")],
  },
  {
    // A start has to land after its task was given up, and after the worker that took its place has looked.
    mix: { faults: ['slow', 'dies during'], at: ['executions.start'], machines: ['abandons', 'parent'] },
    name: 'a first turn does not ask whether anybody waits',
    edits: [edit(RUNS, '(isFirst && (await this.isAbandoned(snapshot)))', '(isFirst && snapshot.nextEventId < 0)')],
  },
  {
    name: 'a close does not move on a head that is closed',
    mix: LATE_OPENINGS,
    edits: [
      edit(
        'test/simulation/store.ts',
        'row.asOf = 2 * asOf;',
        "if (row.head.status === 'RUNNING') row.asOf = 2 * asOf;",
      ),
    ],
  },
  {
    name: 'an opening lands on a head that a later slot has closed',
    mix: LATE_OPENINGS,
    edits: [edit('test/simulation/store.ts', ' || row.asOf > 2 * asOf + 1)', ')')],
  },
  {
    // The redrive's own promise is lost, and its process dies between head and commit.
    mix: {
      faults: ['message lost', 'dies after', 'dies before'],
      at: ['advance', 'executions.reopen', 'journal.append'],
      machines: ['approval', 'sleeper'],
      isRedriven: true,
      isAudited: true,
    },
    name: 'a close that finds its head opened fences nothing',
    edits: [
      edit(
        DISCHARGE,
        "if (result === 'behind') await this.runs.fence(run, 'promise', Number.POSITIVE_INFINITY);",
        'void result;',
      ),
    ],
  },
  {
    // A start's answer comes in the last seconds of a lease, when nothing is appended any more.
    mix: { faults: ['stalls'], at: ['after executions.start'], machines: ['abandons'], isCrowded: true },
    name: 'a result that travelled leaves alone what it was given up for',
    edits: [edit(ADVANCE, "if (message.type === 'result') await this.dropAbandoned(message, submitted);", '')],
  },
  {
    // Whoever started it dies, and so does its message.
    mix: {
      faults: ['dies after', 'message given up'],
      at: ['executions.start', 'tasks'],
      machines: ['abandons'],
      isAudited: true,
    },
    name: 'the auditor leaves executions alone that nobody waits for',
    edits: [edit(AUDIT, 'if (await this.runs.isAbandoned(snapshot)) {', 'if (snapshot.nextEventId < 0) {')],
  },
  {
    name: 'what was begun with a result that was written after all has nobody',
    mix: LATE_RESULTS,
    edits: [edit(TASK, 'return { againAfterMs: LOOK_AGAIN_MS };', "return 'delete';")],
  },
  {
    name: 'nothing is fenced behind an end',
    mix: {
      faults: ['append outlives its writer', 'slow append'],
      machines: ['approval', 'for-each'],
      isRedriven: true,
    },
    edits: [edit('lib/runtime/mailbox.ts', '(!snapshot.end || fenceFrom >= slotOf(snapshot));', '!snapshot.end;')],
  },
  {
    name: 'the lease is looked at before the beat is opened',
    mix: { faults: ['stalls'], at: ['journal.openBeat'], machines: ['callback'], isCrowded: true },
    edits: [edit(TASK, LEASE_BEFORE_CALL, ''), edit(TASK, BEAT_BEFORE_CALL, LEASE_BEFORE_CALL + BEAT_BEFORE_CALL)],
  },
  {
    name: 'a task whose call is answered is called again',
    edits: [edit('lib/runtime/standing.ts', ' && !task.submitted)', ')')],
  },
  {
    name: 'the first event has the time of its commit',
    edits: [edit('lib/runtime/history.ts', 'if (event.id === 1) event.timestampMs = head.startMs;', '')],
  },
  {
    name: 'a commit that holds all frames holds only the variables that it assigns',
    edits: [
      edit('lib/engine/commit/variables.ts', 'if (!isWhole) return stored;', 'if (!isWhole || stored) return stored;'),
    ],
  },
  {
    name: 'the journal appends without a condition',
    edits: [edit('test/simulation/store.ts', 'if (!isFree) {', 'if (!isFree && log.length < 0) {')],
  },
  {
    name: 'the journal does not know its own earlier attempt',
    edits: [edit('test/simulation/store.ts', "return isOwn ? 'appended' : 'lost';", "return 'lost';")],
  },
  {
    // A late beat has to land between two others, the last of which is the worker's last.
    mix: { faults: ['slow', 'worker is late'], at: ['journal.beat'], machines: ['approval', 'callback'] },
    name: 'a heartbeat that lands late moves the deadline back',
    edits: [edit('test/simulation/store.ts', 'Math.max(beat.dueAtMs, dueAtMs)', 'dueAtMs')],
  },
  {
    name: 'a start does not look whether it is fenced',
    edits: [edit('test/simulation/store.ts', 'if (this.fenced.has(head.runId)) {', "if (this.fenced.has('')) {")],
  },
];
