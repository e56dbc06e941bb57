/** `fdb/...`: what a bridge has learned of who is where. */
import { formatMac, parseMac } from '../../../base/address.ts';
import { err, ok } from '../../../base/result.ts';
import { formatPort } from '../../../flow/ofport-text.ts';
import { OFPP } from '../../../flow/ofport.table.ts';
import type { Bridge } from '../../../ofproto/bridge/bridge.ts';
import type { Bundle } from '../../../ofproto/bridge/port.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

/** Does `act` with a bridge by name. */
export const withBridge = (
  datapath: Datapath,
  name: string | undefined,
  act: (bridge: Bridge) => Reply,
): Reply => {
  const bridge = datapath.bridges.get(name ?? '');
  return bridge ? act(bridge) : err('no such bridge');
};

const portText = (bundle: Bundle): string => formatPort(bundle.ports[0]?.ofPort ?? OFPP.none);

function show(bridge: Bridge): string {
  const rows = bridge.macs.list().map(({ entry, age }) => {
    const when = age === null ? 'static' : String(age).padStart(3);
    const port = portText(entry.bundle).padStart(5);
    return `${port}  ${String(entry.vlan).padStart(4)}  ${formatMac(entry.mac)}  ${when}\n`;
  });
  return ` port  VLAN  MAC                Age\n${rows.join('')}`;
}

function flush(datapath: Datapath, name: string | undefined): Reply {
  if (name !== undefined)
    return withBridge(datapath, name, (bridge) => {
      bridge.macs.flush();
      return ok('table successfully flushed');
    });
  for (const bridge of datapath.bridges.values()) bridge.macs.flush();
  return ok('table successfully flushed');
}

function add(bridge: Bridge, [portName, vlanText, macText]: readonly string[]): Reply {
  const mac = parseMac(macText ?? '');
  if (mac === undefined) return err('bad MAC address');
  const port = bridge.portByName(portName ?? '');
  if (!port?.bundle) return err('software error, odp port is present but no ofp port');
  const vlan = Number.parseInt(vlanText ?? '', 10) || 0;
  const known = bridge.macs.lookup(mac, vlan);
  const overrides = known && (known.bundle.name !== portName || known.seen !== null);
  const remark = overrides
    ? `Overriding already existing ${known.seen === null ? 'static' : 'dynamic'} entry on ${portText(known.bundle)}\n`
    : '';
  bridge.macs.addStatic(mac, vlan, port.bundle);
  return ok(remark);
}

function remove(bridge: Bridge, [vlanText, macText]: readonly string[]): Reply {
  const mac = parseMac(macText ?? '');
  if (mac === undefined) return err('bad MAC address');
  const vlan = Number.parseInt(vlanText ?? '', 10) || 0;
  const known = bridge.macs.lookup(mac, vlan);
  if (known?.seen !== null) return err('could not find static mac entry\n');
  bridge.macs.remove(mac, vlan);
  return ok('');
}

function stats(bridge: Bridge): string {
  const { macs } = bridge;
  const { learned, expired, evicted, moved } = macs.stats;
  const fixed = macs.list().filter(({ age }) => age === null).length;
  return [
    `Statistics for bridge "${bridge.name}":`,
    `  Current/maximum MAC entries in the table: ${macs.size}/${macs.maxEntries}`,
    `  Current static MAC entries in the table : ${fixed}`,
    `  Total number of learned MAC entries     : ${learned}`,
    `  Total number of expired MAC entries     : ${expired}`,
    `  Total number of evicted MAC entries     : ${evicted}`,
    `  Total number of port moved MAC entries  : ${moved}`,
    '',
  ].join('\n');
}

export const FDB_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  {
    name: 'fdb/show',
    usage: 'bridge',
    least: 1,
    most: 1,
    run: (datapath, [name]) => withBridge(datapath, name, (bridge) => ok(show(bridge))),
  },
  {
    name: 'fdb/flush',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) => flush(datapath, name),
  },
  {
    name: 'fdb/add',
    usage: 'bridge port vlan mac',
    least: 4,
    most: 4,
    run: (datapath, [name, ...rest]) => withBridge(datapath, name, (bridge) => add(bridge, rest)),
  },
  {
    name: 'fdb/del',
    usage: 'bridge vlan mac',
    least: 3,
    most: 3,
    run: (datapath, [name, ...rest]) => withBridge(datapath, name, (bridge) => remove(bridge, rest)),
  },
  {
    name: 'fdb/stats-show',
    usage: 'bridge',
    least: 1,
    most: 1,
    run: (datapath, [name]) => withBridge(datapath, name, (bridge) => ok(stats(bridge))),
  },
  {
    name: 'fdb/stats-clear',
    usage: '[bridge]',
    least: 0,
    most: 1,
    run: (datapath, [name]) => {
      if (name !== undefined && !datapath.bridges.has(name)) return err('no such bridge');
      for (const bridge of datapath.bridges.values())
        if (name === undefined || bridge.name === name) bridge.macs.clearStats();
      return ok('statistics successfully cleared');
    },
  },
];
