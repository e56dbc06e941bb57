/**
 * Health checks of services behind ports of this chassis (ovn-sb(5), Service_Monitor): probes at intervals, and
 * `handle_svc_check`, which takes what the services answer.
 */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { RowRef } from '../../../base/step.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getField, getFieldNumber } from '../../../flow/flow.ts';
import { ipProtoOf, rawEthTypeOf, tpSrcOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../../flow/protocol.table.ts';
import type { SbDatabase, SbRow } from '../../../ovsdb/index.ts';
import { decode, findLayer, decodePacket, TCP_FLAG } from '../../../wire/index.ts';
import { OFTABLE } from '../../actions/index.ts';
import { LOG_FIELDS, LOG_FLAG } from '../../expr/log-fields.table.ts';
import { parsePortAddresses } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import { portByName } from '../southbound-index.ts';
import { originate, recordStep, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import type { Ends } from './compose.ts';
import { intoPipeline } from './inject.ts';
import { echoProbe, PROBE_SIZE, tcpProbe, udpProbe } from './service-probe.ts';
import type { SwitchPacket } from './switch-packet.ts';

const SECOND = 1_000_000_000;
const FIRST_PORT = 1024;

type Protocol = 'tcp' | 'udp' | 'icmp';

/** Protocols by which each type of service is asked. */
const PROTOCOLS: Readonly<Record<string, readonly Protocol[]>> = {
  'load-balancer': ['tcp', 'udp'],
  'network-function': ['icmp'],
  'logical-switch-port': ['tcp', 'udp', 'icmp'],
};

interface Wanted {
  readonly row: SbRow<'Service_Monitor'>;
  readonly protocol: Protocol;
  readonly ends: Ends;
  readonly datapathKey: number;
  readonly portKey: number;
  /** The port that the probe leaves by: a network function is asked through its other side. */
  readonly probeKey: number;
}

interface Monitor {
  wanted: Wanted;
  state: 'waiting' | 'online' | 'offline';
  status: 'online' | 'offline' | null;
  successes: number;
  failures: number;
  sequence: number;
  sourcePort: number;
  echoId: number;
  cancel: () => void;
}

/** The MAC that an address of a port stands for; a port without addresses stands for any. */
function macOf(port: SbRow<'Port_Binding'>, ip: string): bigint | undefined {
  for (const text of port.mac) {
    const addresses = parsePortAddresses(text);
    if (!addresses) continue;
    const all = [...addresses.v4, ...addresses.v6];
    if (all.length === 0 || all.some((one) => one.text === ip)) return parseMac(addresses.mac);
  }
  return undefined;
}

function wantedOf(state: ChassisState, row: SbRow<'Service_Monitor'>): Wanted | undefined {
  const { sb, chassis } = state;
  const port = portByName(sb, row.logical_port);
  if (!port || row.remote || port.chassis !== chassis._uuid || port.up !== true) return undefined;
  const type = row.type ?? 'load-balancer';
  const protocol = row.protocol ?? 'tcp';
  if (!PROTOCOLS[type]?.includes(protocol)) return undefined;
  const isFunction = type === 'network-function';
  const input = isFunction ? portByName(sb, row.logical_input_port) : undefined;
  if (isFunction && input?.chassis !== chassis._uuid) return undefined;
  const four = parseIpv4(row.ip);
  const from = parseIpv4(row.src_ip);
  const six = parseIpv6(row.ip);
  const from6 = parseIpv6(row.src_ip);
  const pseudo =
    four !== undefined && from !== undefined
      ? ({ family: 4, source: from, destination: four } as const)
      : four === undefined && from === undefined && six !== undefined && from6 !== undefined
        ? ({ family: 6, source: from6, destination: six } as const)
        : undefined;
  const ip = four === undefined ? formatIpv6(six ?? 0n) : formatIpv4(four);
  const destination = isFunction ? parseMac(row.mac) : macOf(port, ip);
  const datapath = sb.get('Datapath_Binding', port.datapath);
  if (!pseudo || destination === undefined || !datapath) return undefined;
  return {
    row,
    protocol,
    ends: { source: parseMac(row.src_mac) ?? 0n, destination, pseudo },
    datapathKey: datapath.tunnel_key,
    portKey: port.tunnel_key,
    probeKey: input?.tunnel_key ?? port.tunnel_key,
  };
}

const keyOf = (
  datapathKey: number,
  portKey: number,
  ip: number | bigint,
  protocol: Protocol,
  port: number,
): string => `${datapathKey}/${portKey}/${ip}/${protocol}/${port}`;

const option = ({ wanted }: Monitor, key: string, otherwise: number): number => {
  const value = Number(wanted.row.options.get(key) ?? Number.NaN);
  return Number.isInteger(value) ? value : otherwise;
};

export class ServiceMonitors {
  private readonly monitors = new Map<string, Monitor>();

  /** Follows the rows, and writes what became of the services. */
  run(answering: Answering): void {
    const { state } = answering;
    if (!state) return;
    const wanted = new Map<string, Wanted>();
    for (const row of state.sb.rows('Service_Monitor')) {
      const one = wantedOf(state, row);
      if (one)
        wanted.set(
          keyOf(one.datapathKey, one.portKey, one.ends.pseudo.destination, one.protocol, row.port),
          one,
        );
    }
    for (const [key, monitor] of this.monitors)
      if (!wanted.has(key)) {
        monitor.cancel();
        this.monitors.delete(key);
      }
    for (const [key, one] of wanted) {
      const known = this.monitors.get(key);
      if (known) known.wanted = one;
      else {
        const monitor = newMonitor(one);
        this.monitors.set(key, monitor);
        monitor.cancel = answering.context.clock.after(0, () => this.probe(answering, monitor));
      }
    }
    writeStatuses(state.sb, this.monitors.values());
  }

  find(
    datapathKey: number,
    portKey: number,
    ip: number | bigint,
    protocol: Protocol,
    port: number,
  ): Monitor | undefined {
    return this.monitors.get(keyOf(datapathKey, portKey, ip, protocol, port));
  }

  private probe(answering: Answering, monitor: Monitor): void {
    const { random, clock } = answering.context;
    const { wanted } = monitor;
    const { ends, row, protocol } = wanted;
    const port = (): number => FIRST_PORT + random.below(0x10000 - FIRST_PORT);
    let frame: Uint8Array;
    if (protocol === 'icmp') {
      monitor.echoId = random.below(0x10000);
      monitor.sequence = random.below(0x10000);
      frame = echoProbe(ends, monitor.echoId, monitor.sequence);
    } else if (protocol === 'tcp') {
      monitor.sequence = random.next32();
      monitor.sourcePort = port();
      frame = tcpProbe(ends, { ...portsOf(monitor), sequence: monitor.sequence }, 'syn');
    } else {
      if (monitor.sourcePort === 0) monitor.sourcePort = port();
      frame = udpProbe(ends, monitor.sourcePort, row.port);
    }
    monitor.state = 'waiting';
    send(answering, wanted, frame, `health check of ${row.ip}`);
    monitor.cancel = clock.after(option(monitor, 'timeout', 3) * SECOND, () =>
      this.timeOut(answering, monitor),
    );
  }

  /** Silence means that a UDP service is there, and that others are not. */
  private timeOut(answering: Answering, monitor: Monitor): void {
    this.conclude(answering, monitor, monitor.wanted.protocol === 'udp');
  }

  /** Counts an outcome; the next probe comes an interval later. */
  conclude(answering: Answering, monitor: Monitor, isAlive: boolean): void {
    monitor.state = isAlive ? 'online' : 'offline';
    if (isAlive) monitor.successes += 1;
    else monitor.failures += 1;
    const needed = option(monitor, isAlive ? 'success_count' : 'failure_count', 1);
    if ((isAlive ? monitor.successes : monitor.failures) >= needed) {
      monitor.successes = 0;
      monitor.failures = 0;
      if (monitor.status !== monitor.state) answering.wake(0);
      monitor.status = monitor.state;
    }
    monitor.cancel();
    monitor.cancel = answering.context.clock.after(option(monitor, 'interval', 5) * SECOND, () =>
      this.probe(answering, monitor),
    );
  }
}

const newMonitor = (wanted: Wanted): Monitor => ({
  wanted,
  state: 'waiting',
  status: null,
  successes: 0,
  failures: 0,
  sequence: 0,
  sourcePort: 0,
  echoId: 0,
  cancel: () => undefined,
});

const portsOf = (monitor: Monitor): { readonly sourcePort: number; readonly destinationPort: number } => ({
  sourcePort: monitor.sourcePort,
  destinationPort: monitor.wanted.row.port,
});

function send(answering: Answering, wanted: Wanted, frame: Uint8Array, text: string): void {
  const because: RowRef = {
    kind: 'ovsdb',
    database: 'OVN_Southbound',
    host: answering.host,
    table: 'Service_Monitor',
    uuid: wanted.row._uuid,
    text: `${wanted.row.logical_port} ${wanted.row.ip} ${wanted.protocol} ${wanted.row.port}`,
  };
  // The real program gives the flag's mask (16) where the number of the bit is asked for.
  const flags = [1 << LOG_FLAG.localOnly];
  const actions = intoPipeline(wanted.datapathKey, wanted.probeKey, OFTABLE.localOutput, flags);
  originate(answering, null, frame, actions, text, [because]);
}

function writeStatuses(sb: SbDatabase, monitors: Iterable<Monitor>): void {
  const changed = [...monitors].filter(
    ({ status, wanted }) => status !== null && sb.get('Service_Monitor', wanted.row._uuid)?.status !== status,
  );
  if (changed.length === 0) return;
  sb.transact((txn) => {
    txn.comment('ovn-controller');
    for (const { status, wanted } of changed) txn.update('Service_Monitor', wanted.row._uuid, { status });
  });
}

interface Verdict {
  readonly monitor: Monitor;
  readonly isAlive: boolean;
}

type Find = (protocol: Protocol, ip: number | bigint, port: number) => Monitor | undefined;

/** A SYN-ACK says yes, a reset says no; a handshake is not completed but reset. */
function tcpVerdict(packet: SwitchPacket, find: Find, answering: Answering): Verdict | undefined {
  const tcp = findLayer(decode(packet.octets), 'tcp');
  const monitor = tcp && find('tcp', sourceOf(packet), tpSrcOf(packet.headers));
  if (!tcp || !monitor || tcp.destinationPort !== monitor.sourcePort) return undefined;
  if (tcp.acknowledgement !== (monitor.sequence + 1) >>> 0) return undefined;
  const both = TCP_FLAG.syn | TCP_FLAG.ack;
  if ((tcp.flags & both) === both) {
    const { wanted } = monitor;
    const reset = tcpProbe(wanted.ends, { ...portsOf(monitor), sequence: tcp.acknowledgement }, 'rst');
    send(answering, wanted, reset, 'reset of a health check');
    return { monitor, isAlive: true };
  }
  return (tcp.flags & TCP_FLAG.rst) === 0 ? undefined : { monitor, isAlive: false };
}

const sourceOf = ({ headers }: SwitchPacket): number | bigint =>
  rawEthTypeOf(headers) === ETH_TYPE.ip
    ? getFieldNumber(headers, FIELDS.ip_src)
    : getField(headers, FIELDS.ipv6_src);

const destinationOf = ({ headers }: SwitchPacket): number | bigint =>
  rawEthTypeOf(headers) === ETH_TYPE.ip
    ? getFieldNumber(headers, FIELDS.ip_dst)
    : getField(headers, FIELDS.ipv6_dst);

/** An echo with the probe's own numbers says yes; "port unreachable" about a UDP probe says no. */
function icmpVerdict(packet: SwitchPacket, find: Find): Verdict | undefined {
  const { octets, places, headers } = packet;
  const isIpv4 = rawEthTypeOf(headers) === ETH_TYPE.ip;
  const message = octets.subarray(places.transport, places.end);
  if (places.transport < 0 || message.length < 8) return undefined;
  const [type, code] = message;
  const isRequest = type === (isIpv4 ? 8 : 128);
  if ((isRequest || type === (isIpv4 ? 0 : 129)) && code === 0) {
    const monitor = find('icmp', isRequest ? destinationOf(packet) : sourceOf(packet), 0);
    const word = (at: number): number => ((message[at] as number) << 8) | (message[at + 1] as number);
    const isOurs = monitor?.echoId === word(4) && monitor.sequence === word(6);
    return monitor && isOurs ? { monitor, isAlive: true } : undefined;
  }
  if (type !== (isIpv4 ? 3 : 1) || code !== (isIpv4 ? 3 : 4)) return undefined;
  const quoted = decodePacket(message, { offset: 8, size: message.length - 8 });
  const udp = findLayer(quoted, 'udp');
  const whole = findLayer(quoted, 'ipv4')?.totalLength ?? findLayer(quoted, 'ipv6')?.payloadLength;
  if (!udp || whole !== (isIpv4 ? 28 : 8) + PROBE_SIZE) return undefined;
  const monitor = find('udp', sourceOf(packet), udp.destinationPort);
  return monitor?.sourcePort === udp.sourcePort ? { monitor, isAlive: false } : undefined;
}

export const handleSvcCheck: Answer = (packet, answering, stores) => {
  const { metadata, headers } = packet;
  const find: Find = (protocol, ip, port) =>
    stores.services.find(
      getFieldNumber(metadata, LOG_FIELDS.datapath),
      getFieldNumber(metadata, LOG_FIELDS.inport),
      ip,
      protocol,
      port,
    );
  const isTcp = ipProtoOf(headers) === IP_PROTO.tcp;
  const verdict = isTcp ? tcpVerdict(packet, find, answering) : icmpVerdict(packet, find);
  const text = verdict
    ? `the service ${verdict.isAlive ? 'answers' : 'is not there'}`
    : 'no answer to a probe';
  recordStep(answering, packet.step, { kind: 'controller', text }, packet.octets, packet.because);
  if (verdict) stores.services.conclude(answering, verdict.monitor, verdict.isAlive);
};
