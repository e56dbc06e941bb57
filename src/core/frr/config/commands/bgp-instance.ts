/** `router bgp`, its options, its address families as nodes. */
import { sameValue } from '../../same-value.ts';
import type { BgpFamily, BgpOptions } from '../bgp-config.ts';
import { emptyInstance, instanceOf, without } from '../bgp-edit.ts';
import { command, FAMILY_NODES, failed, OK, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';
import { BGP_LATE_OPTIONS, BGP_LISTEN_LIMIT, BGP_OPTIONS, type BgpOptionEntry } from './bgp-options.table.ts';

const RESERVED = new Set([65535, 4294967295]);

function enterBgp(edit: Edit, args: Args): Reply {
  const vrf = args.find('name') ?? 'default';
  if (args.has('view'))
    return { unsupported: { kind: 'unsupported', feature: 'router bgp ... view', where: 'bgpd' } };
  const asn = args.findNumber('asn');
  if (asn === undefined) {
    const only = edit.config.bgp.get('default');
    if (!only) return failed('% No BGP process is configured');
    if (edit.config.bgp.size > 1) return failed('% Please specify ASN and VRF');
    return { enter: { node: 'bgp', vrf: 'default' } };
  }
  const known = edit.config.bgp.get(vrf);
  const note = RESERVED.has(asn) ? `Reserved AS used (65535|4294967295); AS is ${asn}\n` : '';
  if (known && known.asn !== asn) return failed(`${note}BGP is already running; AS is ${known.asn}`);
  if (known) known.automatic = false;
  else {
    edit.config.bgp.set(vrf, emptyInstance(asn, vrf));
    edit.changed({ kind: 'bgp-added', vrf });
  }
  return { ...(note === '' ? {} : { text: note }), enter: { node: 'bgp', vrf } };
}

const LEAKING = ['importVpn', 'exportVpn'] as const;

function leaveBgp(edit: Edit, args: Args): Reply {
  const { bgp } = edit.config;
  const vrf = args.find('name') ?? 'default';
  const instance = bgp.get(vrf);
  if (args.find('asn') === undefined) {
    if (!instance) return failed('% No BGP process is configured');
    if (bgp.size > 1) return failed('% Please specify ASN and VRF');
  } else if (!instance || instance.asn !== args.number('asn')) return failed("% Can't find BGP instance");
  const layer3 = edit.environment.layer3Vni(vrf);
  if (layer3 !== null) return failed(`% Please unconfigure l3vni ${layer3}`);
  if (vrf === 'default')
    for (const other of bgp.values()) {
      if (other.vrf === 'default') continue;
      const families = [other.families['ipv4-unicast'], other.families['ipv6-unicast']];
      const exportsTo = (name: string): boolean =>
        [...bgp.values()].some((one) =>
          Object.values(one.families).some((family) => family.options.importVrf?.includes(name)),
        );
      const leaks =
        families.some((family) => LEAKING.some((option) => family.options[option])) || exportsTo(other.vrf);
      if (leaks) return failed('% Cannot delete default BGP instance. Dependent VRF instances exist');
    }
  bgp.delete(vrf);
  edit.changed({ kind: 'bgp-removed', vrf });
  return OK;
}

function setOption(
  edit: Edit,
  option: keyof BgpOptions,
  value: BgpOptions[keyof BgpOptions] | undefined,
): Reply {
  const instance = instanceOf(edit);
  if (sameValue(instance.options[option], value)) return OK;
  instance.options =
    value === undefined ? without(instance.options, option) : { ...instance.options, [option]: value };
  edit.changed({ kind: 'bgp-option', vrf: instance.vrf, option });
  return OK;
}

const optionCommands = (entry: BgpOptionEntry): ConfigCommand[] => [
  command('bgp', entry.syntax, (edit, args) =>
    setOption(edit, entry.option, entry.read(args, instanceOf(edit).options)),
  ),
  command('bgp', entry.no, (edit, args) =>
    setOption(edit, entry.option, entry.negate?.(args, instanceOf(edit).options)),
  ),
];

const enterFamily =
  (family: BgpFamily) =>
  (edit: Edit): Reply => {
    const vrf = edit.position.vrf ?? 'default';
    if (vrf !== 'default' && (family === 'ipv4-vpn' || family === 'ipv6-vpn'))
      return failed('Only Unicast/Multicast/EVPN SAFIs supported in non-core instances.');
    return { enter: { node: FAMILY_NODES[family], vrf, family } };
  };

const ALL_BGP = ['bgp', 'bgp-ipv4', 'bgp-ipv6', 'bgp-vpnv4', 'bgp-vpnv6', 'bgp-evpn'] as const;
const BGP_FAMILY_NODES = ALL_BGP.filter((node) => node !== 'bgp');

export const BGP_INSTANCE_COMMANDS: readonly ConfigCommand[] = [
  command('config', 'router bgp [(1-4294967295)$asn [<view|vrf> VIEWVRFNAME$name]]', enterBgp),
  command('config', 'no router bgp [(1-4294967295)$asn [<view|vrf> VIEWVRFNAME$name]]', leaveBgp),
  ...[...BGP_OPTIONS, ...BGP_LATE_OPTIONS, BGP_LISTEN_LIMIT].flatMap(optionCommands),
  command('bgp', 'address-family ipv4 [unicast]', enterFamily('ipv4-unicast')),
  command('bgp', 'address-family ipv6 [unicast]', enterFamily('ipv6-unicast')),
  command('bgp', 'address-family ipv4 vpn', enterFamily('ipv4-vpn')),
  command('bgp', 'address-family ipv6 vpn', enterFamily('ipv6-vpn')),
  command('bgp', 'address-family <l2vpn evpn>', enterFamily('l2vpn-evpn')),
  command(BGP_FAMILY_NODES, 'exit-address-family', (edit) => ({
    enter: { node: 'bgp', vrf: edit.position.vrf ?? 'default' },
  })),
  /** Accepted for old configurations; nothing comes of them. */
  command('bgp', ['no synchronization', 'no auto-summary'], () => OK),
];
