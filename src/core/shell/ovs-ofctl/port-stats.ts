/** `dump-ports`: what went in and out of a bridge's ports. */
import { OFPP } from '../../flow/index.ts';
import { formatPort } from '../../flow/ofport-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { Port } from '../../ofproto/bridge/port.ts';
import { formatDuration } from '../../ofproto/flow-text.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead } from './protocol.ts';
import { findPort } from './show.ts';

/** Devices of the kernel count errors too; patch ports and tunnels do not, which is shown as `?`. */
const countsErrors = (port: Port, internal: string): boolean =>
  port.type === '' || (port.type === 'internal' && internal === 'internal');

function portText(bridge: Bridge, port: Port, options: OfctlOptions, now: number): string {
  const none = countsErrors(port, bridge.datapath.internalType) ? 0 : '?';
  const name = formatPort(port.ofPort, options.names === true ? messageNames(bridge) : undefined);
  const { received, sent } = port.counters;
  const duration = formatDuration(Math.floor((now - port.created) / 1e6) * 1e6);
  return [
    `  port ${port.ofPort < 10 ? ' ' : ''}${name}: rx pkts=${received.packets}, bytes=${received.bytes}, drop=${none}, errs=${none}, frame=${none}, over=${none}, crc=${none}`,
    `           tx pkts=${sent.packets}, bytes=${sent.bytes}, drop=${none}, errs=${none}, coll=${none}`,
    ...(options.version >= 4 ? [`           duration=${duration}s`] : []),
    '',
  ].join('\n');
}

/** All ports in the order of the switch's table, or the one that is asked for by number or name. */
export function dumpPorts(
  bridge: Bridge,
  asked: string | undefined,
  options: OfctlOptions,
  now: number,
): string {
  const wanted = asked === undefined ? undefined : findPort(bridge, asked);
  const numbers = wanted === undefined ? bridge.floodPorts() : [wanted];
  const ports = numbers.flatMap((number) => bridge.ports.get(number) ?? []);
  // A name is looked up over a connection of its own.
  const looksUp = asked !== undefined && wanted !== OFPP.local && !/^\d+$/.test(asked);
  const head = messageHead(
    'OFPST_PORT reply',
    options.version,
    looksUp && wanted !== undefined ? '0x4' : '0x2',
  );
  return `${head} ${ports.length} ports\n${ports.map((port) => portText(bridge, port, options, now)).join('')}`;
}
