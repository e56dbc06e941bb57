/** EVPN of a VRF with a layer 3 VNI: its distinguisher, its route targets, and the default route that it tells of. */
import { parseDistinguisher } from '../../distinguisher.ts';
import type { BgpFamilyOptions } from '../bgp-config.ts';
import { instanceOf, without } from '../bgp-edit.ts';
import { command, OK, warning, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';
import { changeTargets, isReply } from './evpn-targets.ts';

const optionsOf = (edit: Edit): BgpFamilyOptions => instanceOf(edit).families['l2vpn-evpn'].options;

function setOption<K extends keyof BgpFamilyOptions>(
  edit: Edit,
  option: K,
  value: BgpFamilyOptions[K] | undefined,
): void {
  const { families, vrf } = instanceOf(edit);
  const family = families['l2vpn-evpn'];
  family.options =
    value === undefined ? without(family.options, option) : { ...family.options, [option]: value };
  edit.changed({ kind: 'bgp-family', vrf, family: 'l2vpn-evpn', option });
}

function distinguisher(edit: Edit, args: Args): Reply {
  const typed = args.get('rd');
  if (parseDistinguisher(typed) === undefined) return warning('% Malformed Route Distinguisher');
  const { evpnRd } = optionsOf(edit);
  if (!args.no) {
    if (evpnRd !== typed) setOption(edit, 'evpnRd', typed);
    return OK;
  }
  if (evpnRd === undefined) return warning('% RD is not configured for this VRF');
  if (evpnRd !== typed) return warning('% RD specified does not match configuration for this VRF');
  setOption(edit, 'evpnRd', undefined);
  return OK;
}

function targets(edit: Edit, args: Args): Reply {
  const { evpnRtImport, evpnRtExport } = optionsOf(edit);
  const next = changeTargets(
    {
      ...(evpnRtImport === undefined ? {} : { import: evpnRtImport }),
      ...(evpnRtExport === undefined ? {} : { export: evpnRtExport }),
    },
    args,
    'VRF',
  );
  if (isReply(next)) return next;
  if (next.import !== evpnRtImport) setOption(edit, 'evpnRtImport', next.import);
  if (next.export !== evpnRtExport) setOption(edit, 'evpnRtExport', next.export);
  return OK;
}

export const EVPN_VRF_COMMANDS: readonly ConfigCommand[] = [
  command('bgp-evpn', '[no] rd ASN:NN_OR_IP-ADDRESS:NN$rd', distinguisher),
  command('bgp-evpn', '[no] route-target <both|import|export>$direction RT$target', targets),
  command('bgp-evpn', '[no] default-originate <ipv4|ipv6>$family', (edit, args) => {
    const option = args.get('family') === 'ipv4' ? 'evpnDefaultIpv4' : 'evpnDefaultIpv6';
    if (args.no === (optionsOf(edit)[option] === undefined)) return OK;
    setOption(edit, option, args.no ? undefined : true);
    return OK;
  }),
];
