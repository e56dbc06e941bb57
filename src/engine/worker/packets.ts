/** Packets as a list: each passing of a device that a run or a capture holds, in one line; and the same as a file. */
import { formatIpv4, formatIpv6, formatMac } from '../../core/base/address.ts';
import { isBare, type RowRef, type Step, type StepId } from '../../core/base/step.ts';
import type { World } from '../../core/sim/index.ts';
import { LINK_TYPE_RAW, TcpdumpSession, writePcapng, type Decoded } from '../../core/wire/index.ts';
import type { EngineCalls, PacketList, PacketRow, PacketSource } from '../protocol.ts';
import { compileDisplayFilter } from './display-filter/compile.ts';
import { decodeStep, framed, LAYER_NAME } from './packet-view.ts';
import { Refused } from './refused.ts';
import { findRun, positionOf } from './runs.ts';
import type { Session } from './session.ts';

/** More rows than this nobody reads; a filter helps. */
const MOST_ROWS = 20_000;

interface Passing {
  readonly id: StepId;
  readonly step: Step;
  readonly frame: Uint8Array;
  readonly device: string;
}

function passings(session: Session, source: PacketSource): readonly Passing[] {
  const { recorder } = session.world;
  const ids =
    source.kind === 'run' ? findRun(session.world, source.run).steps : session.captures.steps(source.ids);
  return ids.flatMap((id): Passing[] => {
    const step = recorder.step(id);
    const { what, frame, where } = step;
    if ((what.kind !== 'sent' && what.kind !== 'received') || frame === null) return [];
    return where.device === undefined || where.bridge !== undefined
      ? []
      : [{ id, step, frame, device: where.device }];
  });
}

function chosen(
  session: Session,
  { source, filter: text }: EngineCalls['packets']['ask'],
): { readonly list: readonly Passing[]; readonly language: 'display' | 'capture'; readonly total: number } {
  const filter = compileDisplayFilter(text);
  if (!filter.ok) throw new Refused(filter.error.message, `column ${filter.error.place?.column ?? 1}`);
  const all = passings(session, source);
  const list = all.filter(({ step, frame }) => filter.value.matches(decodeStep(step, frame), frame));
  return { list, language: filter.value.language, total: all.length };
}

export function packetList(session: Session, ask: EngineCalls['packets']['ask']): PacketList {
  const { list, language, total } = chosen(session, ask);
  const { world } = session;
  const printer = new TcpdumpSession({ numeric: true, timestamp: 1 });
  const origins = new Map<StepId, StepId>();
  const rows = list.slice(0, MOST_ROWS).map(({ id, step, frame, device }): PacketRow => {
    const run = findRun(world, world.recorder.runOf(id));
    const decoded = decodeStep(step, frame);
    const octets = framed(step, frame);
    const [source, destination] = innermost(decoded);
    return {
      time: step.time,
      host: step.where.host,
      namespace: step.where.namespace ?? '',
      device,
      direction: step.what.kind === 'sent' ? 'out' : 'in',
      size: frame.length,
      source,
      destination,
      protocol: protocolOf(decoded),
      text: printer
        .print({ octets, length: octets.length, time: session.captures.moment(step.time) })
        .text.trimEnd(),
      run: run.id,
      step: positionOf(run, id),
      journey: positionOf(run, originOf(world, id, origins)),
    };
  });
  return { rows, language, total };
}

/** The step that first sent what passes at `id`. */
function originOf(world: World, id: StepId, known: Map<StepId, StepId>): StepId {
  const way: StepId[] = [];
  let at = id;
  for (;;) {
    const before = known.get(at);
    if (before !== undefined) {
      at = before;
      break;
    }
    way.push(at);
    const { parent, what } = world.recorder.step(at);
    if (parent === null || what.kind === 'originated') break;
    at = parent;
  }
  for (const one of way) known.set(one, at);
  return at;
}

function innermost({ layers }: Decoded): readonly [string, string] {
  for (const layer of layers.toReversed()) {
    if (layer.kind === 'ipv4') return [formatIpv4(layer.source), formatIpv4(layer.destination)];
    if (layer.kind === 'ipv6') return [formatIpv6(layer.source), formatIpv6(layer.destination)];
    if (layer.kind === 'arp') return [formatIpv4(layer.senderIp), formatIpv4(layer.targetIp)];
    if (layer.kind === 'ethernet') return [formatMac(layer.source), formatMac(layer.destination)];
  }
  return ['', ''];
}

const protocolOf = ({ layers }: Decoded): string => {
  const last = layers.findLast(({ kind }) => kind !== 'payload');
  return last ? LAYER_NAME[last.kind] : '';
};

export function packetsFile(session: Session, ask: EngineCalls['packetsFile']['ask']): Uint8Array {
  const { world } = session;
  const { list } = chosen(session, ask);
  const origins = new Map<StepId, StepId>();
  const { journey } = ask;
  const wanted = journey && findRun(world, journey.run).steps[journey.step];
  const kept = journey === null ? list : list.filter(({ id }) => originOf(world, id, origins) === wanted);
  const names = [...new Set(kept.map(nameOf))];
  const numbers = new Map(names.map((name, number) => [name, number]));
  // A device has a link layer or none, for all that passes it.
  const raw = new Set(kept.filter(({ step }) => isBare(step)).map(nameOf));
  return writePcapng(
    names.map((name) => (raw.has(name) ? { name, linkType: LINK_TYPE_RAW } : { name })),
    kept.map((passing) => {
      const comment = decidedSince(world, passing);
      return {
        interface: numbers.get(nameOf(passing)) ?? 0,
        time: session.captures.moment(passing.step.time),
        octets: passing.frame,
        ...(comment === '' ? {} : { comment }),
      };
    }),
  );
}

/** `worker1/vm1/eth0`: the machine, the namespace if it is not the machine's own, the device. */
const nameOf = ({ step: { where }, device }: Passing): string =>
  [where.host, ...(where.namespace === undefined ? [] : [where.namespace]), device].join('/');

/** The rows that decided between the last device and this one, a line each, in their order. */
function decidedSince(world: World, { step }: Passing): string {
  const lines: string[] = [];
  for (let at = step.parent; at !== null;) {
    const before = world.recorder.step(at);
    if (before.what.kind === 'sent' || before.what.kind === 'received') break;
    const decided = before.what.kind !== 'table' || before.what.changes.length > 0;
    if (decided) lines.unshift(...before.because.map(rowText));
    at = before.parent;
  }
  return lines.join('\n');
}

function rowText(row: RowRef): string {
  switch (row.kind) {
    case 'openflow':
      return `${row.bridge} table=${row.table} cookie=${row.cookie} priority=${row.priority}${row.match === '' ? '' : `,${row.match}`} actions=${row.actions}`;
    case 'ovsdb':
      return `${row.database} ${row.table} ${row.uuid} ${row.text}`;
    case 'route':
    case 'neighbour':
    case 'fdb':
    case 'conntrack':
    case 'address':
      return `${row.kind} ${row.text}`;
  }
}
