/** One step in two short texts: what kind of thing it is (stage) and what came of it (result). */
import type { DropReason, FieldChange, Step } from '../core/base/step.ts';

/** `40 ls_in_l2_lkup`, `route`, `sent`. */
export function stageText(step: Step): string {
  const { what, where } = step;
  switch (what.kind) {
    case 'table':
      return where.stage === undefined ? String(what.table) : `${what.table} ${where.stage}`;
    case 'routed':
      return 'route';
    case 'resolved':
      return 'neighbour';
    case 'encapsulated':
      return `push ${protocolName(what.protocol)}`;
    case 'decapsulated':
      return `pop ${protocolName(what.protocol)}`;
    case 'bridged':
      return 'bridge';
    case 'learned':
      return 'learn';
    case 'flooded':
      return 'flood';
    case 'rewritten':
      return 'rewrite';
    case 'action':
    case 'originated':
    case 'received':
    case 'sent':
    case 'output':
    case 'recirculated':
    case 'conntrack':
    case 'queued':
    case 'delivered':
    case 'controller':
    case 'dropped':
    case 'note':
      return what.kind;
  }
}

const PROTOCOL: Readonly<Record<string, string>> = {
  geneve: 'Geneve',
  vxlan: 'VXLAN',
  gre: 'GRE',
  stt: 'STT',
};
const protocolName = (protocol: string): string => PROTOCOL[protocol] ?? protocol;

/** `reg15 0x2`, `156 octets`, `192.168.50.0/24 dev eth1`. `size` is the packet's, should the step not hold it itself. */
export function resultText(step: Step, size: number | null = null): string {
  const { what } = step;
  switch (what.kind) {
    case 'table':
      if (!what.matched) return 'no match';
      return netChanges(what.changes).length > 0 ? changesText(what.changes) : actionsOf(step);
    case 'action':
    case 'rewritten':
      return netChanges(what.changes).length > 0 ? changesText(what.changes) : what.text;
    case 'originated':
      return [what.program, what.text].filter((text) => text !== '').join(', ');
    case 'received':
    case 'sent':
      return sizeText(step.frame?.length ?? size);
    case 'flooded':
      return what.ports.join(', ');
    case 'bridged':
      return `to ${what.port}`;
    case 'output':
      return what.text === '' ? what.port : what.text;
    case 'encapsulated':
    case 'decapsulated':
      return `VNI ${what.vni}, ${what.local} → ${what.remote}`;
    case 'routed':
      return [what.destination, what.via === '' ? '' : `via ${what.via}`, `dev ${what.device}`]
        .filter((text) => text !== '')
        .join(' ');
    case 'resolved':
      return `${what.address} = ${what.mac}`;
    case 'queued':
      return what.reason;
    case 'delivered':
      return `to ${what.to}`;
    case 'dropped':
      return dropText(what.reason);
    case 'learned':
    case 'recirculated':
    case 'conntrack':
    case 'controller':
    case 'note':
      return what.text;
  }
}

const sizeText = (size: number | null): string => (size === null ? '' : `${size} octets`);

/** What is different in the end: a field that was set twice counts once, one that was set back not at all. */
export function netChanges(changes: readonly FieldChange[]): readonly FieldChange[] {
  const net = new Map<string, FieldChange>();
  for (const change of changes)
    net.set(change.field, { ...change, before: net.get(change.field)?.before ?? change.before });
  return [...net.values()].filter(({ before, after }) => before !== after);
}

const changesText = (changes: readonly FieldChange[]): string =>
  netChanges(changes)
    .map(({ field, after }) => `${field} ${after === '' ? 'unset' : after}`)
    .join(', ');

/** What the flow that matched says, as the user would find it. */
function actionsOf(step: Step): string {
  for (const row of step.because) if (row.kind === 'openflow') return row.actions;
  return 'unchanged';
}

/** Why a packet died, in the words of the panel. */
export function dropText(reason: DropReason): string {
  switch (reason.kind) {
    case 'flow-drop':
      return 'the flow has no output';
    case 'table-miss':
      return 'no flow matched';
    case 'link-down':
      return `${reason.device} is down`;
    case 'no-carrier':
      return `${reason.device} has no carrier`;
    case 'not-for-us':
      return 'addressed to somebody else';
    case 'no-route':
      return 'no route';
    case 'neighbour-failed':
      return 'the next hop did not answer';
    case 'malformed':
    case 'no-tunnel':
    case 'loop':
    case 'blocked':
    case 'fault':
      return reason.problem;
    case 'checksum':
      return 'wrong checksum';
    case 'ttl-expired':
      return 'TTL expired';
    case 'no-listener':
      return `nothing listens on ${reason.protocol} port ${reason.port}`;
    case 'reverse-path':
      return 'fails the reverse path check';
    case 'mtu':
      return `${reason.size} octets, mtu ${reason.mtu}`;
    case 'unsupported':
      return `not modelled: ${reason.feature}`;
  }
}

/** `+38 µs`, `+1.204 ms`, `+2.5 s`: nanoseconds since the run began, to the microsecond, without empty digits. */
export function offsetText(nanoseconds: number): string {
  if (nanoseconds === 0) return '+0';
  const micro = nanoseconds / 1000;
  if (micro < 1) return `+${nanoseconds} ns`;
  if (micro < 1000) return `+${Math.round(micro)} µs`;
  if (micro < 1_000_000) return `+${Math.round(micro) / 1000} ms`;
  return `+${Math.round(micro) / 1_000_000} s`;
}
