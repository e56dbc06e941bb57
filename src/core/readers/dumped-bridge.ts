/**
 * A bridge as a person has it in texts: what `ovs-ofctl dump-flows` printed, and if at hand `show` (or `dump-ports-desc`),
 * `dump-groups` and `dump-meters`. Lines that cannot be read are problems with their place; the others count.
 */
import type { Problem } from '../base/result.ts';
import { addTlvMappings, EMPTY_TLV_MAP, type TlvMap } from '../flow/tlv-map.ts';
import { parsePort, unquoteName, type PortNames } from '../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../flow/ofport.table.ts';
import { WORD } from '../flow/words.table.ts';
import { matchWordMask, matchWordValue } from '../flow/match.ts';
import type { OfpAct } from '../ofproto/actions/ofpact.ts';
import type { GroupSpec } from '../ofproto/bridge/group.ts';
import type { MeterSpec } from '../ofproto/bridge/meter.ts';
import { visitReferences } from '../ofproto/check/references.ts';
import type { FlowSpec } from '../ofproto/flow-entry.ts';
import { parseFlow } from '../ofproto/flow-parse.ts';
import { groupOf, parseGroup } from '../ofproto/group-text.ts';
import { parseMeter } from '../ofproto/meter-text.ts';

export interface DumpedTexts {
  readonly flows: string;
  /** '' when not at hand, as the others. */
  readonly ports: string;
  readonly groups: string;
  readonly meters: string;
}

interface DumpedFlow {
  readonly spec: FlowSpec;
  readonly packets: number;
  readonly bytes: number;
}

interface DumpedPort {
  readonly number: OfPort;
  readonly name: string;
}

export interface DumpedBridge {
  /** As `show` calls its local port; `br0` when unknown. */
  readonly name: string;
  readonly flows: readonly DumpedFlow[];
  /** With those that flows only mention: numbers get a name, names a number. */
  readonly ports: readonly DumpedPort[];
  /** Whether `ports` are all that the bridge has. */
  readonly portsKnown: boolean;
  readonly groups: readonly GroupSpec[];
  readonly meters: readonly MeterSpec[];
  readonly tlv: TlvMap;
  readonly problems: readonly Problem[];
}

/** The Geneve option that OVN's switches carry in `tun_metadata0`. */
const OVN_OPTION = { optionClass: 0x102, type: 0x80, length: 4, index: 0 };

/** Whether a text looks like the reply to `dump-flows`. */
export const looksLikeFlows = (text: string): boolean =>
  /^(?:(?:NXST|OFPST)_FLOW reply|\s*(?:cookie=0x|table=\d|priority=\d).*actions=)/m.test(text.slice(0, 4000));

/** Lines with their numbers, those of the reply's head and of shells' prompts left out. */
function* linesOf(text: string): Generator<readonly [line: string, number: number]> {
  const lines = text.split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || /^(?:NXST|OFPST)_\w+ reply|^[^=]*[$#] /.test(trimmed)) continue;
    yield [trimmed, at + 1];
  }
}

const counter = (line: string, name: string): number =>
  Number(new RegExp(`\\b${name}=(\\d+)`).exec(line.slice(0, 400))?.[1] ?? 0);

/** Where a dump names a port, by number or, as a terminal shows it, by name. */
const PORT_PLACES =
  /\b(?:in_port=|output:|output\(port=|enqueue:|resubmit\(|watch_port[:=])("(?:[^"\\]|\\.)*"|\w+)/g;

/** Numbers for the ports that flows and groups name while nobody tells which there are: in the order of their names. */
function nameNumbers(texts: DumpedTexts): ReadonlyMap<string, OfPort> {
  const used = new Set<OfPort>();
  const names = new Set<string>();
  for (const text of [texts.flows, texts.groups])
    for (const [, place = ''] of text.matchAll(PORT_PLACES)) {
      const port = parsePort(place);
      if (port === undefined) names.add(unquoteName(place) ?? place);
      else used.add(port);
    }
  const numbers = new Map<string, OfPort>();
  let next = 1;
  for (const name of [...names].toSorted((a, b) => (a < b ? -1 : 1))) {
    while (used.has(next)) next += 1;
    numbers.set(name, next);
    next += 1;
  }
  return numbers;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly tlv: TlvMap;
  readonly names: PortNames;

  constructor(texts: DumpedTexts, numbers: ReadonlyMap<string, OfPort>) {
    this.names = { nameOf: () => undefined, portOf: (name) => numbers.get(name) };
    const mapped = texts.flows.includes('tun_metadata0')
      ? addTlvMappings(EMPTY_TLV_MAP, [OVN_OPTION])
      : { ok: false as const };
    this.tlv = mapped.ok ? mapped.value : EMPTY_TLV_MAP;
  }

  private wrong(file: string, line: number, message: string): void {
    this.problems.push({ message, place: { file, line } });
  }

  flows(text: string): DumpedFlow[] {
    const flows: DumpedFlow[] = [];
    for (const [line, number] of linesOf(text)) {
      const parsed = parseFlow(line, 'add', { tlv: this.tlv, names: this.names, printed: true });
      if (!parsed.ok) {
        this.wrong('flows', number, parsed.error);
        continue;
      }
      const mod = parsed.value;
      flows.push({
        packets: counter(line, 'n_packets'),
        bytes: counter(line, 'n_bytes'),
        spec: {
          table: mod.table ?? 0,
          priority: mod.priority,
          cookie: mod.newCookie ?? 0n,
          match: mod.match,
          actions: mod.actions,
          idleTimeout: mod.idleTimeout,
          hardTimeout: mod.hardTimeout,
          importance: mod.importance,
          flags: mod.flags,
        },
      });
    }
    return flows;
  }

  groups(text: string): GroupSpec[] {
    const groups: GroupSpec[] = [];
    for (const [line, number] of linesOf(text)) {
      const parsed = parseGroup(line, 'add', { tlv: this.tlv, names: this.names, printed: true });
      if (parsed.ok) groups.push(groupOf(parsed.value));
      else this.wrong('groups', number, parsed.error);
    }
    return groups;
  }

  /** Bands stand on lines of their own. */
  meters(text: string): MeterSpec[] {
    const meters: MeterSpec[] = [];
    const joined = text.replaceAll(/\r?\n\s*type=/g, ' type=').replaceAll('bands= type', 'bands=type');
    for (const [line, number] of linesOf(joined)) {
      if (!line.startsWith('meter=')) continue;
      const parsed = parseMeter(line, true);
      if (parsed.ok) meters.push(parsed.value);
      else this.wrong('meters', number, parsed.error);
    }
    return meters;
  }
}

/** ` 1(vm1): addr:..` of `show`, or `1 vm1`. */
function readPorts(text: string): DumpedPort[] {
  const ports: DumpedPort[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, number, name] = /^\s*(\d+|LOCAL)\s*(?:\(([^)]+)\):.*|[\s:=]+\S+)\s*$/.exec(line) ?? [];
    if (number === undefined) continue;
    const plain = name ?? line.trim().split(/[\s:=]+/)[1] ?? '';
    ports.push({ number: number === 'LOCAL' ? OFPP.local : Number(number), name: plain });
  }
  return ports;
}

/** Ports of which flows speak. */
function mentionedPorts(flows: readonly DumpedFlow[]): Set<OfPort> {
  const ports = new Set<OfPort>();
  const nothing = (): void => undefined;
  const note = (actions: readonly OfpAct[]): void =>
    visitReferences(actions, {
      table: nothing,
      port: (port) => ports.add(port),
      group: nothing,
      meter: nothing,
    });
  for (const { spec } of flows) {
    note(spec.actions);
    const port = matchWordValue(spec.match, WORD.inPort);
    if (matchWordMask(spec.match, WORD.inPort) !== 0 && port > 0 && port < OFPP.max) ports.add(port);
  }
  return ports;
}

export function readDumpedBridge(texts: DumpedTexts): DumpedBridge {
  const told = readPorts(texts.ports);
  const numbers =
    told.length > 0 ? new Map(told.map(({ name, number }) => [name, number])) : nameNumbers(texts);
  const reader = new Reader(texts, numbers);
  const flows = reader.flows(texts.flows);
  const named = [...numbers].map(([name, number]) => ({ name, number }));
  const known = new Set(numbers.values());
  const guessed =
    told.length > 0
      ? []
      : [...mentionedPorts(flows)]
          .filter((number) => !known.has(number) && !numbers.has(`port${number}`))
          .toSorted((a, b) => a - b)
          .map((number) => ({ number, name: `port${number}` }));
  return {
    name: told.find(({ number }) => number === OFPP.local)?.name ?? 'br0',
    flows,
    ports: [...(told.length > 0 ? told : named), ...guessed],
    portsKnown: told.length > 0,
    groups: reader.groups(texts.groups),
    meters: reader.meters(texts.meters),
    tlv: reader.tlv,
    problems: reader.problems,
  };
}
