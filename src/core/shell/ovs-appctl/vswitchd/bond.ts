/** `bond/...`: ports of several interfaces, their members and which of them is active. */
import { formatMac, parseMac } from '../../../base/address.ts';
import { err, ok } from '../../../base/result.ts';
import { stringOrder } from '../../../ovsdb/index.ts';
import { bondHash, type Bond, type BondMember } from '../../../ofproto/bond/bond.ts';
import { BUCKETS } from '../../../ofproto/bond/bond-buckets.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import { portMac } from '../../../ofproto/bridge/port-mac.ts';
import { isLive } from '../../../ofproto/bridge/port.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

/** All bonds in the order of vswitchd's table. */
function bondsOf(datapath: Datapath): readonly Bond[] {
  const byName = new Map<string, Bond>();
  for (const bridge of datapath.bridges.values())
    for (const { bond } of bridge.bundles) if (bond) byName.set(bond.name, bond);
  return stringOrder(byName.keys()).flatMap((name) => byName.get(name) ?? []);
}

function list(datapath: Datapath): string {
  const rows = bondsOf(datapath).map(({ name, settings, recircId, members }) => {
    const names = [...members.keys()].map((port) => port.name).join(', ');
    return `${name}\t${settings.mode}\t${recircId}\t${names}\n`;
  });
  return `bond\ttype\trecircID\tmembers\n${rows.join('')}`;
}

const milliseconds = (time: number): number => Math.floor(time / 1e6);

function memberText(bond: Bond, { port, enabled, waitsUntil }: BondMember, now: number): string {
  const delay = enabled ? 'downdelay' : 'updelay';
  const loads: string[] = [];
  for (let bucket = 0; bucket < BUCKETS && bond.isBalanced; bucket += 1) {
    const load = Math.floor((bond.buckets?.loadOf(bucket) ?? 0) / 1024);
    if (load > 0 && bond.buckets?.memberOf(bucket) === port)
      loads.push(`  hash ${bucket}: ${load} kB load\n`);
  }
  return [
    `\nmember ${port.name}: ${enabled ? 'enabled' : 'disabled'}\n`,
    port === bond.active ? '  active member\n' : '',
    waitsUntil === null ? '' : `  ${delay} expires in ${milliseconds(waitsUntil) - now} ms\n`,
    `  may_enable: ${String(isLive(port))}\n`,
    ...loads,
  ].join('');
}

function show(datapath: Datapath, bond: Bond): string {
  bond.run();
  const { settings, recirculates, buckets } = bond;
  const now = milliseconds(datapath.context.clock.now());
  const members = [...bond.members.values()].toSorted((a, b) => (a.port.name < b.port.name ? -1 : 1));
  const { active } = bond;
  const mac = active ? portMac(datapath.context.random, active) : 0n;
  const isMissing = settings.primary !== null && !members.some(({ port }) => port.name === settings.primary);
  const primary = bond.usesPrimary ? settings.primary : null;
  const lines = [
    `---- ${bond.name} ----`,
    `bond_mode: ${settings.mode}`,
    `bond may use recirculation: ${recirculates ? 'yes' : 'no'}, Recirc-ID : ${recirculates ? bond.recircId : -1}`,
    `bond-hash-basis: ${settings.basis}`,
    'lb_output action: disabled, bond-id: -1',
    ...(settings.mode === 'balance-slb' ? [`all members active: ${String(settings.allMembersActive)}`] : []),
    `updelay: ${settings.updelay} ms`,
    `downdelay: ${settings.downdelay} ms`,
    ...(bond.isBalanced && buckets
      ? [`next rebalance: ${milliseconds(buckets.nextRebalance) - now} ms`]
      : []),
    `lacp_status: ${bond.lacpStatus}`,
    `lacp_fallback_ab: ${String(settings.lacpFallback)}`,
    `active-backup primary: ${primary === null ? '<none>' : `${primary}${isMissing ? ' (no such member)' : ''}`}`,
    `active member mac: ${formatMac(mac)}(${active?.name ?? 'none'})`,
    '',
  ];
  return `${lines.join('\n')}${members.map((member) => memberText(bond, member, now)).join('')}\n`;
}

function withMember(
  datapath: Datapath,
  [name, memberName]: readonly (string | undefined)[],
  act: (bond: Bond, member: BondMember) => Reply,
): Reply {
  const bond = bondsOf(datapath).find((one) => one.name === name);
  if (!bond) return err('no such bond');
  bond.run();
  const member = [...bond.members.values()].find(({ port }) => port.name === memberName);
  return member ? act(bond, member) : err('no such member');
}

function setActive(bond: Bond, { port, enabled }: BondMember): Reply {
  if (!enabled) return err('cannot make disabled member active');
  if (bond.active === port) return ok('no change');
  bond.setActive(port);
  return ok('done');
}

function setEnabled(on: boolean): (bond: Bond, member: BondMember) => Reply {
  return (bond, { port }) => {
    bond.setEnabled(port, on);
    return ok(on ? 'enabled' : 'disabled');
  };
}

/** Moves a bucket of an SLB bond to a member. */
function migrate(datapath: Datapath, [name, bucket = '', memberName]: readonly string[]): Reply {
  const found = bondsOf(datapath).find((one) => one.name === name);
  if (!found) return err('no such bond');
  if (found.settings.mode !== 'balance-slb') return err('not an SLB bond');
  if (!/^\d*$/.test(bucket)) return err('bad hash');
  return withMember(datapath, [name, memberName], (bond, { port, enabled }) => {
    if (!enabled) return err('cannot migrate to disabled member');
    bond.buckets?.assign(Number(bucket) % BUCKETS, port);
    return ok('migrated');
  });
}

function hash([macText = '', vlanText = '0', basisText = '0']: readonly string[]): Reply {
  if (!/^\d+/.test(vlanText)) return err('invalid vlan');
  if (!/^\d+/.test(basisText)) return err('invalid basis');
  const mac = parseMac(macText);
  if (mac === undefined) return err('invalid mac');
  return ok(String(bondHash(mac, Number.parseInt(vlanText, 10), Number.parseInt(basisText, 10))));
}

/** A command about a member, and its name of former days, which is not listed. */
function onMember(
  name: string,
  act: (bond: Bond, member: BondMember) => Reply,
): readonly DaemonCommand<Datapath>[] {
  const command = {
    name: `${name}-member`,
    usage: 'port member',
    least: 2,
    most: 2,
    run: (datapath: Datapath, args: readonly string[]) => withMember(datapath, args, act),
  };
  return [command, { ...command, name: `${name}-slave`, isListed: false }];
}

export const BOND_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'bond/list', usage: '', least: 0, most: 0, run: (datapath) => ok(list(datapath)) },
  {
    name: 'bond/show',
    usage: '[port]',
    least: 0,
    most: 1,
    run: (datapath, [name]) => {
      const bonds = bondsOf(datapath).filter((bond) => name === undefined || bond.name === name);
      if (name !== undefined && bonds.length === 0) return err('no such bond');
      return ok(bonds.map((bond) => show(datapath, bond)).join(''));
    },
  },
  {
    name: 'bond/migrate',
    usage: 'port hash member',
    least: 3,
    most: 3,
    run: migrate,
  },
  ...onMember('bond/set-active', setActive),
  ...onMember('bond/enable', setEnabled(true)),
  // A member whose link is up comes back at the next turn.
  ...onMember('bond/disable', setEnabled(false)),
  { name: 'bond/hash', usage: 'mac [vlan] [basis]', least: 1, most: 3, run: (_, args) => hash(args) },
];
