/**
 * Kinds `ofproto-trace` and `ofproto`: `ofproto/trace` over recorded flow tables. The text is compared line by line;
 * what golden/README.md calls unstable is compared by meaning: a megaflow must cover its packet and be treated alike
 * for all that it covers, ids of recirculation are numbered anew, and clauses of a conjunction stand in any order.
 */
import { createRandom } from '../../core/base/random.ts';
import { formatActions, parseActions } from '../../core/ofproto/actions/act-list.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import { tracePacket, type Trace } from '../../core/ofproto/trace/trace.ts';
import { readTraceRequest } from '../../core/ofproto/trace/trace-request.ts';
import type { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';
import { splitWords } from '../../core/shell/words.ts';
import { checkMegaflow } from './ofproto-megaflow.ts';
import { Replay } from './ofproto-replay.ts';
import { tryUnrecorded } from './ofproto-unrecorded.ts';
import { loadChassis } from './recorded-chassis.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';

interface RecordedTrace {
  readonly bridge: string;
  readonly flow: string;
  readonly packet: string | null;
  readonly options: readonly string[];
  readonly out: string;
  readonly status: number;
  readonly stderr: string;
}

interface Answer {
  readonly out: string;
  readonly err: string;
  readonly status: number;
  readonly trace: Trace | null;
}

/** The answer of `ofproto/trace`, as ovs-appctl prints it, with its exit status. */
function runTrace(vswitch: Vswitch, args: readonly string[]): Answer {
  const request = readTraceRequest(vswitch.datapath, args);
  if (request.ok) {
    const trace = tracePacket(request.value);
    return { out: trace.text, err: '', status: 0, trace };
  }
  const end = request.error.endsWith('\n') ? '' : '\n';
  const err = `${request.error}${end}ovs-appctl: ovs-vswitchd: server returned an error\n`;
  return { out: '', err, status: 2, trace: null };
}

/** Texts made comparable: megaflows left out, recirculation ids by order of appearance, conjunction clauses sorted. */
export function comparable(text: string): string {
  const ids = new Map<string, string>();
  const renumbered = text
    .replaceAll(/^Megaflow: .*$/gm, 'Megaflow:')
    .replaceAll(/recirc(?:_id=|\()(0x[0-9a-f]+|\d+)/g, (whole, id: string) => {
      const number = Number(id);
      if (number === 0) return whole;
      const key = String(number);
      if (!ids.has(key)) ids.set(key, String(ids.size + 1));
      return whole.replace(id, `#${ids.get(key)}`);
    });
  return conjunctionsSorted(renumbered);
}

/** Clauses of a conjunction stand in no particular order. */
function conjunctionsSorted(text: string): string {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    let end = at;
    while (lines[end]?.trimStart().startsWith('-> conj. ')) end += 1;
    if (end > at) lines.splice(at, end - at, ...lines.slice(at, end).toSorted());
    at = Math.max(at, end - 1);
  }
  return lines.join('\n');
}

/** `load:1->NXM_NX_REG0[3]` as `set_field:0x8/0x8->reg0`. */
function asSetField(load: string): string {
  const parsed = parseActions(load);
  if (!parsed.ok) return load;
  return formatActions(
    parsed.value.actions.map((act) => (act.kind === 'set_field' ? { ...act, load: false } : act)),
  );
}

/** Older releases kept partial writes that came as `load` apart, which dumps do not show. */
const asOld = (text: string): string =>
  text.replaceAll(/\bload:[^,\n]+?->\w+\[[^\]]*\]/g, asSetField).replaceAll(/\bop=(\d+)\/0xff\b/g, 'op=$1');

/** Megaflows are tried out where the trace had no side effects to begin with. */
function checkMegaflows(bridge: Bridge, trace: Trace, hadPacket: boolean): string {
  const random = createRandom(7);
  for (const pass of hadPacket ? [] : trace.passes) {
    const problem = checkMegaflow(bridge, pass, random);
    if (problem !== '') return problem;
  }
  return '';
}

/** What differs, '' when nothing does. */
function compareTrace(vswitch: Vswitch, recorded: RecordedTrace, old: boolean): string {
  const show = (text: string): string => comparable(old ? asOld(text) : text);
  const args = [
    ...recorded.options,
    recorded.bridge,
    recorded.flow,
    ...(recorded.packet === null ? [] : [recorded.packet]),
  ];
  const expected = show(recorded.out);
  let actual = '';
  let trace: Trace | null = null;
  tryUnrecorded(vswitch, recorded.out, () => {
    const answer = runTrace(vswitch, args);
    actual = show(answer.out);
    trace = answer.trace;
    return actual === expected;
  });
  if (expected !== actual) return firstDifference(expected, actual);
  const bridge = vswitch.bridges.get(recorded.bridge);
  return trace && bridge ? checkMegaflows(bridge, trace, recorded.packet !== null) : '';
}

function* chassisPoints(folder: GoldenFolder, path: string): Generator<Point> {
  const cases = folder.list(`${path}/ofproto-trace`);
  if (cases.length === 0) return;
  let vswitch: Vswitch | undefined;
  let problem = '';
  try {
    vswitch = loadChassis(folder, path);
  } catch (error) {
    problem = String(error);
  }
  for (const file of cases) {
    const recorded = JSON.parse(folder.text(`${path}/ofproto-trace/${file}`)) as RecordedTrace;
    if (recorded.status < 0) continue;
    const id = `${path}/${file}`;
    if (!vswitch) {
      yield { kind: 'ofproto-trace', id, pass: false, why: problem };
      continue;
    }
    let why: string;
    try {
      why = compareTrace(vswitch, recorded, path.startsWith('eras/'));
    } catch (error) {
      why = `threw ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`;
    }
    yield why === ''
      ? { kind: 'ofproto-trace', id, pass: true }
      : { kind: 'ofproto-trace', id, pass: false, why };
  }
}

function* chassisFolders(folder: GoldenFolder): Generator<string> {
  for (const testCase of folder.list('ovn'))
    for (const chassis of folder.list(`ovn/${testCase}/chassis`)) yield `ovn/${testCase}/chassis/${chassis}`;
  for (const era of folder.list('eras').filter((name) => !name.endsWith('.md')))
    for (const testCase of folder.list(`eras/${era}`))
      for (const chassis of folder.list(`eras/${era}/${testCase}/chassis`))
        yield `eras/${era}/${testCase}/chassis/${chassis}`;
}

interface RecordedStep {
  readonly kind: 'trace' | 'cmd';
  readonly bridge?: string;
  readonly flow?: string;
  readonly packet?: string | null;
  readonly options?: readonly string[];
  readonly argv?: readonly string[];
  readonly out: string;
  readonly stderr: string;
  readonly status: number;
}

const argvOf = (step: RecordedStep): readonly string[] =>
  step.argv ?? [
    'ovs-appctl',
    'ofproto/trace',
    ...(step.options ?? []),
    ...(step.bridge === undefined ? [] : [step.bridge]),
    ...(step.flow === undefined ? [] : [step.flow]),
    ...(step.packet ? [step.packet] : []),
  ];

/** The age of learned addresses depends on when the recording was made. */
const withoutAges = (text: string): string =>
  text.startsWith(' port  VLAN') ? text.replaceAll(/ +\d+$/gm, ' AGE') : text;

/** The recording asked the daemon at its socket, whose path is of the machine. */
const withoutSocket = (text: string): string =>
  text.replaceAll(/^ovs-appctl: \S+: server returned/gm, 'ovs-appctl: TARGET: server returned');

const stepText = (text: string): string => conjunctionsSorted(withoutAges(text));

/** Types a recording's commands into a switch of its own; what went wrong first, '' when nothing did. */
function replaySetup(replay: Replay, setup: string): string {
  for (const line of setup.split('\n')) {
    const command = /^\S+?# (ovs-.*)$/.exec(line)?.[1];
    if (command === undefined) continue;
    const words = splitWords(command);
    const outcome = words.ok ? replay.run(words.value) : { err: words.error, status: 1 };
    if (outcome.status !== 0) return `${command}: ${outcome.err.trim()}`;
  }
  return '';
}

function* replayPoints(folder: GoldenFolder, path: string): Generator<Point> {
  const replay = new Replay();
  const problem = replaySetup(replay, folder.text(`${path}/setup.txt`));
  for (const file of folder.list(`${path}/steps`)) {
    const step = JSON.parse(folder.text(`${path}/steps/${file}`)) as RecordedStep;
    if (step.status < 0) continue;
    let why: string;
    try {
      const actual = replay.run(argvOf(step));
      const parts = [
        [stepText(step.out), stepText(actual.out)],
        [withoutSocket(step.stderr), withoutSocket(actual.err)],
        [`status ${step.status}`, `status ${actual.status}`],
      ] as const;
      const wrong = parts.find(([expected, got]) => expected !== got);
      why = wrong ? firstDifference(wrong[0], wrong[1]) : '';
    } catch (error) {
      why = `threw ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`;
    }
    if (why !== '' && problem !== '') why = `${problem}; ${why}`;
    yield why === ''
      ? { kind: 'ofproto', id: `${path}/${file}`, pass: true }
      : { kind: 'ofproto', id: `${path}/${file}`, pass: false, why };
  }
}

export const ofprotoRunner: Runner = {
  kinds: ['ofproto-trace', 'ofproto'],
  *run(folder, wanted) {
    if (wanted('ofproto-trace'))
      for (const path of chassisFolders(folder)) yield* chassisPoints(folder, path);
    if (wanted('ofproto'))
      for (const testCase of folder.list('ofproto')) yield* replayPoints(folder, `ofproto/${testCase}`);
  },
};
