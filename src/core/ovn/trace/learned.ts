/** What routers and switches have learned: MAC bindings and the FDB. */
import { parseIpv4, parseIpv6, parseMac } from '../../base/address.ts';
import { type TraceNetwork, type Warn, replicaOrder } from './network.ts';
import { type SouthboundRows, numberOf, rowsOf, textOf, uuidsOf } from './row-value.ts';

/** Key of a datapath's `macBindings`. */
export const bindingKey = (port: number, ip: bigint): string => `${port}/${ip}`;

function readMacBindings(database: SouthboundRows, { ports }: TraceNetwork, warn: Warn): void {
  for (const row of replicaOrder(rowsOf(database, 'MAC_Binding'))) {
    const name = textOf(row, 'logical_port');
    const port = ports.get(name);
    if (port === undefined) {
      warn(`missing port ${name}`);
      continue;
    }
    if (uuidsOf(row, 'datapath')[0] !== port.datapath.uuid) {
      warn(`port ${name} is in wrong datapath`);
      continue;
    }
    const text = textOf(row, 'ip');
    const ipv4 = parseIpv4(text);
    const ip = ipv4 === undefined ? parseIpv6(text) : (0xffffn << 32n) | BigInt(ipv4);
    const mac = parseMac(textOf(row, 'mac'));
    if (ip === undefined) warn(`${text}: bad IP address`);
    else if (mac === undefined) warn(`${textOf(row, 'mac')}: bad Ethernet address`);
    else {
      const key = bindingKey(port.tunnelKey, ip);
      port.datapath.macBindings.set(key, [mac, ...(port.datapath.macBindings.get(key) ?? [])]);
    }
  }
}

function readFdb(database: SouthboundRows, { datapaths }: TraceNetwork, warn: Warn): void {
  const byKey = new Map([...datapaths.values()].map((each) => [each.tunnelKey, each] as const));
  for (const row of replicaOrder(rowsOf(database, 'FDB'))) {
    const mac = parseMac(textOf(row, 'mac'));
    if (mac === undefined) warn(`${textOf(row, 'mac')}: bad Ethernet address`);
    else byKey.get(numberOf(row, 'dp_key'))?.fdb.set(mac, numberOf(row, 'port_key'));
  }
}

/** Fills the datapaths' `macBindings` and `fdb`. */
export function readLearned(database: SouthboundRows, network: TraceNetwork, warn: Warn): void {
  readMacBindings(database, network, warn);
  readFdb(database, network, warn);
}
