/** Actions that run others with a copy of the packet's state: clone, patch ports, check_pkt_larger, action sets. */
import { clearConntrack } from '../../flow/header-stack.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { copyFlow } from '../../flow/flow.ts';
import { WORD } from '../../flow/words.table.ts';
import type { ActOf, OfpAct } from '../actions/ofpact.ts';
import type { Port } from '../bridge/port.ts';
import type { RunAct } from '../bridge/recirculation.ts';
import { actionSetList } from './action-set.ts';
import { writeSubfield } from './change-field.ts';
import { commit } from './commit.ts';
import { finishFreezing } from './freeze.ts';
import { goToTable } from './look-up.ts';
import { takenBySwitch } from './control-packets.ts';
import { forwards, isBpdu, takesIn } from './stp.ts';
import type { Xlate } from './xlate.ts';

/** Executes what `write_actions` collected, if anything. */
export function runActionSet(x: Xlate): void {
  const list = actionSetList(x.actionSet);
  x.actionSet = [];
  if (list.length === 0) return;
  x.inActionSet = true;
  const above = x.descend({
    kind: 'table',
    text: '--. Executing action set:',
    bridge: x.bridge.name,
    table: -1,
    rule: null,
    asked: null,
    after: null,
    children: [],
  });
  x.handlers.run(x, list, true, false);
  x.nodes = above;
  x.inActionSet = false;
}

/** The end of a pipeline: the action set, or leaving for later. */
function endPipeline(x: Xlate): void {
  if (!x.freezing) runActionSet(x);
  if (x.freezing) finishFreezing(x);
}

const IRREVERSIBLE: ReadonlySet<RunAct['kind']> = new Set([
  'ct',
  'meter',
  'nat',
  'output_trunc',
  'encap',
  'decap',
  'dec_nsh_ttl',
]);

/** Runs actions without lasting effect on the packet here: by going back, or as a `clone` of the datapath. */
export function runCloned(x: Xlate, actions: readonly RunAct[], isLast: boolean): void {
  const retained = x.save();
  if (isLast || !actions.some((act) => IRREVERSIBLE.has(act.kind))) {
    x.handlers.run(x, actions, isLast, false);
    endPipeline(x);
    x.restore(retained);
    return;
  }
  commit(x);
  const base = copyFlow(x.base);
  const { wasMpls, conntracked } = x;
  const inner = x.collect(() => {
    x.handlers.run(x, actions, true, false);
    endPipeline(x);
  });
  if (inner.length > 0) x.emit({ kind: 'clone', actions: inner });
  x.conntracked = conntracked;
  x.wasMpls = wasMpls;
  x.base = base;
  x.restore(retained);
}

/** Hands the packet to the bridge at the other end of a patch port. */
export function enterPeer(x: Xlate, from: Port, to: Port, isLast: boolean): void {
  const { wasMpls, conntracked, nodes, mirrors } = x;
  const retained = x.save();
  const tunnelMask = x.mask.slice(0, WORD.metadata);
  const { flow } = x;
  flow[WORD.inPort] = to.ofPort;
  flow.fill(0, 0, WORD.skbPriority);
  x.mask.fill(0, 0, WORD.metadata);
  flow[WORD.actsetOutput] = OFPP.unset;
  x.conntracked = false;
  clearConntrack(flow);
  x.descend({ kind: 'bridge', text: `bridge("${to.bridge.name}")`, bridge: to.bridge.name, children: [] });
  if (to.bridge !== x.bridge) x.mirrors = 0;
  x.bridge = to.bridge;
  x.repetition?.enter(to.bridge);
  const refused = isBpdu(flow) ? to.flags.noReceiveStp : to.flags.noReceive;
  if (!takenBySwitch(x, to) && !refused && takesIn(x, to)) {
    const { out } = x;
    const base = copyFlow(x.base);
    const passesOn = forwards(x, to);
    if (!passesOn) x.out = [...out];
    goToTable(x, 0, {
      inPort: to.ofPort,
      mayPacketIn: true,
      honorTableMiss: true,
      withConnection: false,
      isLast,
      run: runCloned,
    });
    if (passesOn) endPipeline(x);
    else {
      x.out = out;
      x.base = base;
      x.cancelFreeze();
    }
  }
  x.nodes = nodes;
  if (to.bridge !== from.bridge) x.mirrors = mirrors;
  x.bridge = from.bridge;
  x.mask.set(tunnelMask, 0);
  x.restore(retained);
  x.wasMpls = wasMpls;
  x.conntracked = conntracked;
  x.exit = false;
  x.error = null;
}

/** Runs the actions that follow twice, for packets that are larger than `size` and for others; false: not this way. */
export function checkPacketLarger(
  x: Xlate,
  { size, destination }: ActOf<'check_pkt_larger'>,
  following: readonly RunAct[],
): boolean {
  if (!x.bridge.datapath.features.checkPktLen) {
    const larger = x.input.packet !== null && x.input.packet.length > size;
    writeSubfield(x.flow, destination, larger ? 1n : 0n);
    x.slow.add('action');
    return false;
  }
  const retained = x.save();
  commit(x);
  const base = copyFlow(x.base);
  const { wasMpls, conntracked } = x;
  const branch = (value: bigint) =>
    x.collect(() => {
      writeSubfield(x.flow, destination, value);
      x.handlers.run(x, following, true, false);
      endPipeline(x);
    });
  const greater = branch(1n);
  x.base = copyFlow(base);
  x.flow.set(retained.flow);
  x.wasMpls = wasMpls;
  x.conntracked = conntracked;
  const { exit } = x;
  x.exit = false;
  const lessEqual = branch(0n);
  x.emit({ kind: 'check_pkt_len', size, greater, lessEqual });
  x.wasMpls = wasMpls;
  x.conntracked = conntracked;
  x.exit = exit;
  x.base = base;
  x.restore(retained);
  return true;
}

/** Adds actions to the action set. */
export function writeActions(x: Xlate, actions: readonly OfpAct[]): void {
  if (!x.actionSetHasGroup)
    for (const act of actions) {
      if (act.kind === 'output') {
        x.flow[WORD.actsetOutput] = act.port;
      } else if (act.kind === 'group') {
        x.flow[WORD.actsetOutput] = OFPP.unset;
        x.actionSetHasGroup = true;
        break;
      }
    }
  x.actionSet.push(...actions);
}

/** Says what the action set is, or was. */
export function reportActionSet(x: Xlate, verb: 'is' | 'was'): void {
  if (!x.nodes) return;
  const list = actionSetList(x.actionSet);
  x.detail(list.length === 0 ? `action set ${verb} empty` : `action set ${verb}: ${x.formatActs(list)}`);
}
