/** `queue-get-config`: which queues the ports of a switch have. Rates are not told. */
import { OFPP, type OfPort } from '../../flow/index.ts';
import { formatPort, parsePort } from '../../flow/ofport-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import type { OfVersion } from '../../ofproto/protocol.table.ts';
import { messageNames } from './message-names.ts';
import { errorReply } from './refused-request.ts';
import { OfctlError } from './error.ts';
import { isDummy, queuesOf } from './features.ts';
import { octetRows } from './octet-rows.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead } from './protocol.ts';

interface Asked {
  readonly bridge: Bridge;
  readonly version: OfVersion;
  readonly names: boolean;
}

/** Transaction ids that it takes to learn the names of ports, and those of tables as well before a reply is shown. */
const [NAMES_COST, SHOWN_NAMES_COST] = [2, 4];
const FIRST_XID = 2;
/** Queues are asked for by number from this version on. */
const DESCRIBED_SINCE = 5;

const hex = (xid: number): string => `0x${xid.toString(16)}`;

/** A kernel device answers otherwise than one that has no queues at all. */
const missingQueue = (bridge: Bridge, port: Port): string =>
  ['', 'system', 'internal', 'tap'].includes(port.type) && !isDummy(bridge, port)
    ? 'NXQOFC_QUEUE_ERROR'
    : 'OFPQOFC_BAD_QUEUE';

interface Queue {
  readonly port: OfPort;
  readonly queue: number;
}

/** The queues of a port, one or all of them; the error's name where there is no such queue. */
function queuesAsked(bridge: Bridge, port: Port, queue: number | null): readonly Queue[] | string {
  const ids = queuesOf(bridge, port).map((row) => row.queue);
  const found = queue === null ? ids : ids.filter((id) => id === queue);
  if (queue !== null && found.length === 0) return missingQueue(bridge, port);
  return found.toSorted((a, b) => a - b).map((id) => ({ port: port.ofPort, queue: id }));
}

/** What the switch finds: of all ports, those that have no such queue are left out. */
function found(bridge: Bridge, asked: OfPort, queue: number | null): readonly Queue[] | string {
  if (asked !== OFPP.none) {
    const port = bridge.ports.get(asked);
    return port ? queuesAsked(bridge, port, queue) : 'OFPQOFC_BAD_PORT';
  }
  const ports = [...bridge.ports.values()].toSorted((a, b) => a.ofPort - b.ofPort);
  const lists = ports
    .map((port) => queuesAsked(bridge, port, queue))
    .filter((list) => typeof list !== 'string');
  return lists.length === 0 ? 'OFPQOFC_BAD_QUEUE' : lists.flat();
}

/** The request as it is sent before OpenFlow 1.4. */
function requestOctets(port: OfPort, version: OfVersion, xid: number): Uint8Array {
  const isOld = version === 1;
  const octets = new Uint8Array(isOld ? 12 : 16);
  const view = new DataView(octets.buffer);
  octets.set([version, isOld ? 20 : 22]);
  view.setUint16(2, octets.length);
  view.setUint32(4, xid);
  if (isOld) view.setUint16(8, port);
  // Later versions have the reserved numbers at the end of 32 bits.
  else view.setUint32(8, port >= OFPP.max ? 0xffff0000 + port : port);
  return octets;
}

/** One request and what comes back. */
function transaction({ bridge, version, names }: Asked, port: OfPort, queue: number | null, xid: number) {
  const describes = version >= DESCRIBED_SINCE;
  const name = describes ? 'OFPST_QUEUE_DESC' : 'OFPT_QUEUE_GET_CONFIG';
  const request = describes ? `${name} request` : `${name}_REQUEST`;
  const mayBeAsked = describes || port < OFPP.max || (port === OFPP.none && version > 1);
  if (!mayBeAsked) {
    const rows = octetRows(requestOctets(port, version, xid));
    const content = ` ***decode error: OFPQOFC_BAD_PORT***\n${rows}`;
    return errorReply('OFPQOFC_BAD_PORT', version, request, content, hex(xid));
  }
  const portText = (number: OfPort): string => formatPort(number, names ? messageNames(bridge) : undefined);
  const rows = found(bridge, port, describes ? queue : null);
  if (typeof rows === 'string') {
    const asked = ` port=${portText(port)}${describes && queue !== null ? ` queue=${queue}` : ''}\n`;
    return errorReply(rows, version, request, asked, hex(xid));
  }
  const head = messageHead(describes ? `${name} reply` : `${name}_REPLY`, version, hex(xid));
  let last: OfPort | undefined;
  const lines = rows.map((row) => {
    // Before OpenFlow 1.4 a reply is about the port that was asked for.
    const about = describes ? row.port : port;
    const heading = about === last ? '' : `port=${portText(about)}\n`;
    last = about;
    return `${heading}queue ${row.queue}:\n`;
  });
  return lines.length === 0 ? `${head}\n` : `${head} ${lines.join('')}`;
}

export function queueConfig(
  bridge: Bridge,
  [portText = 'any', queueText = 'all']: readonly string[],
  options: OfctlOptions,
  isTerminal: boolean,
): string {
  const number = parsePort(portText);
  const port = number ?? (options.names === false ? undefined : parsePort(portText, messageNames(bridge)));
  if (port === undefined) throw new OfctlError(`${bridge.name}: unknown port \`${portText}'`);
  const queue = /^all$/i.test(queueText) ? null : (Number.parseInt(queueText, 10) || 0) >>> 0;
  const { version } = options;
  const names = options.names ?? isTerminal;
  const asked: Asked = { bridge, version, names };
  const xid = FIRST_XID + (number === undefined ? NAMES_COST : 0);
  if (port !== OFPP.none || version > 1) return transaction(asked, port, queue, xid);
  // OpenFlow 1.0 knows one port at a time: their numbers are asked for first.
  const ports = [...bridge.ports.keys()].filter((one) => one < OFPP.max).toSorted((a, b) => a - b);
  const replies = ports.map((one, index) =>
    transaction(asked, one, queue, xid + 2 + index + (names && index > 0 ? SHOWN_NAMES_COST : 0)),
  );
  return replies.join('');
}
