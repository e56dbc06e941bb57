/** `bond/...`: ports of several interfaces, their members and which of them is active. */
import { formatMac, parseMac } from '../../../base/address.ts';
import { err, ok } from '../../../base/result.ts';
import { stringOrder } from '../../../ovsdb/index.ts';
import { activeMember, bondHash, type Bond } from '../../../ofproto/bridge/bond.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Port } from '../../../ofproto/bridge/port.ts';
import type { DaemonCommand, Reply } from '../reply.ts';

const REBALANCE = 10_000;

/** All bonds in the order of vswitchd's table. */
function bondsOf(datapath: Datapath): readonly Bond[] {
  const byName = new Map<string, Bond>();
  for (const bridge of datapath.bridges.values())
    for (const { bond } of bridge.bundles) if (bond) byName.set(bond.name, bond);
  return stringOrder(byName.keys()).flatMap((name) => byName.get(name) ?? []);
}

const isBalanced = ({ mode }: Bond): boolean => mode !== 'active-backup';

function list(datapath: Datapath): string {
  let recirculations = 0;
  const rows = bondsOf(datapath).map((bond) => {
    const recirculation = isBalanced(bond) ? (recirculations += 1) : 0;
    return `${bond.name}\t${bond.mode}\t${recirculation}\t${bond.members.map(({ name }) => name).join(', ')}\n`;
  });
  return `bond\ttype\trecircID\tmembers\n${rows.join('')}`;
}

function memberText(member: Port, active: Port | null): string {
  return [
    `member ${member.name}: ${member.mayEnable ? 'enabled' : 'disabled'}`,
    ...(member === active ? ['  active member'] : []),
    `  may_enable: ${String(member.mayEnable)}`,
    '\n',
  ].join('\n');
}

function show(datapath: Datapath, bond: Bond): string {
  const active = activeMember(bond);
  const recirculates = bond.mode === 'balance-tcp';
  const now = Math.floor(datapath.context.clock.now() / 1e6);
  const lines = [
    `---- ${bond.name} ----`,
    `bond_mode: ${bond.mode}`,
    `bond may use recirculation: ${recirculates ? 'yes' : 'no'}, Recirc-ID : ${recirculates ? 1 : -1}`,
    `bond-hash-basis: ${bond.basis}`,
    'lb_output action: disabled, bond-id: -1',
    ...(isBalanced(bond) ? [`all members active: ${String(bond.allMembersActive)}`] : []),
    'updelay: 0 ms',
    'downdelay: 0 ms',
    ...(isBalanced(bond) ? [`next rebalance: ${REBALANCE - (now % REBALANCE)} ms`] : []),
    `lacp_status: ${bond.lacp}`,
    `lacp_fallback_ab: ${String(bond.lacpFallback)}`,
    'active-backup primary: <none>',
    `active member mac: ${active ? `${formatMac(active.mac)}(${active.name})` : '00:00:00:00:00:00(none)'}`,
    '\n',
  ];
  const members = bond.members.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return lines.join('\n') + members.map((member) => memberText(member, active)).join('');
}

function withMember(
  datapath: Datapath,
  [name, memberName]: readonly string[],
  act: (bond: Bond, member: Port) => Reply,
): Reply {
  const bond = bondsOf(datapath).find((one) => one.name === name);
  if (!bond) return err('no such bond');
  const member = bond.members.find((one) => one.name === memberName);
  return member ? act(bond, member) : err('no such member');
}

function setActive(bond: Bond, member: Port): Reply {
  if (!member.mayEnable) return err('member is disabled');
  const same = activeMember(bond) === member;
  bond.active = member;
  return ok(same ? 'no change' : 'done');
}

function hash([macText = '', vlanText = '0', basisText = '0']: readonly string[]): Reply {
  if (!/^\d+/.test(vlanText)) return err('invalid vlan');
  if (!/^\d+/.test(basisText)) return err('invalid basis');
  const mac = parseMac(macText);
  if (mac === undefined) return err('invalid mac');
  return ok(String(bondHash(mac, Number.parseInt(vlanText, 10), Number.parseInt(basisText, 10))));
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
    name: 'bond/set-active-member',
    usage: 'port member',
    least: 2,
    most: 2,
    run: (datapath, args) => withMember(datapath, args, setActive),
  },
  {
    // A member whose link is up comes back at once.
    name: 'bond/disable-member',
    usage: 'port member',
    least: 2,
    most: 2,
    run: (datapath, args) => withMember(datapath, args, () => ok('disabled')),
  },
  {
    name: 'bond/enable-member',
    usage: 'port member',
    least: 2,
    most: 2,
    run: (datapath, args) => withMember(datapath, args, () => ok('enabled')),
  },
  { name: 'bond/hash', usage: 'mac [vlan] [basis]', least: 1, most: 3, run: (_, args) => hash(args) },
];
