/** `vni N` blocks of EVPN: their distinguisher and their route targets. */
import { parseDistinguisher } from '../../distinguisher.ts';
import type { VniConfig } from '../bgp-config.ts';
import { instanceOf, without } from '../bgp-edit.ts';
import { command, OK, warning, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';
import { changeTargets, isReply } from './evpn-targets.ts';

/** The VNI of the node. */
const vniOf = (edit: Edit): number => Number(edit.position.name);

function enter(edit: Edit, args: Args): Reply {
  const { vnis, vrf } = instanceOf(edit);
  const vni = args.number('vni');
  if (args.no) {
    if (!vnis.has(vni)) return warning('% Specified VNI is not configured');
    vnis.delete(vni);
    edit.changed({ kind: 'evpn-vni', vrf, vni });
    return OK;
  }
  if (!vnis.has(vni)) {
    vnis.set(vni, {});
    edit.changed({ kind: 'evpn-vni', vrf, vni });
  }
  return { enter: { node: 'bgp-evpn-vni', vrf, family: 'l2vpn-evpn', name: String(vni) } };
}

const isEnabled = (edit: Edit): boolean =>
  instanceOf(edit).families['l2vpn-evpn'].options.advertiseAllVni === true;

/** Changes the block of the node, or says why not. */
function change(edit: Edit, next: (config: VniConfig) => VniConfig | Reply): Reply {
  if (!isEnabled(edit)) return warning('This command is only supported under EVPN VRF');
  const { vnis, vrf } = instanceOf(edit);
  const vni = vniOf(edit);
  const made = next(vnis.get(vni) ?? {});
  if ('status' in made || 'text' in made) return made as Reply;
  vnis.set(vni, made as VniConfig);
  edit.changed({ kind: 'evpn-vni', vrf, vni });
  return OK;
}

const distinguisher = (edit: Edit, args: Args): Reply =>
  change(edit, (config) => {
    const typed = args.find('rd');
    if (typed !== undefined && parseDistinguisher(typed) === undefined)
      return warning('% Malformed Route Distinguisher');
    if (!args.no) return { ...config, rd: typed ?? '' };
    if (config.rd === undefined) return warning('% RD is not configured for this VNI');
    if (typed !== undefined && typed !== config.rd)
      return warning('% RD specified does not match configuration for this VNI');
    return without(config, 'rd');
  });

const targets = (edit: Edit, args: Args): Reply =>
  change(edit, (config) => {
    const { importTargets, exportTargets, ...rest } = config;
    const next = changeTargets(
      {
        ...(importTargets === undefined ? {} : { import: importTargets }),
        ...(exportTargets === undefined ? {} : { export: exportTargets }),
      },
      args,
      'VNI',
    );
    if (isReply(next)) return next;
    return {
      ...rest,
      ...(next.import === undefined ? {} : { importTargets: next.import }),
      ...(next.export === undefined ? {} : { exportTargets: next.export }),
    };
  });

export const EVPN_VNI_COMMANDS: readonly ConfigCommand[] = [
  command('bgp-evpn', '[no] vni (1-16777215)$vni', enter),
  command('bgp-evpn-vni', 'exit-vni', (edit) => ({
    enter: { node: 'bgp-evpn', vrf: edit.position.vrf ?? 'default', family: 'l2vpn-evpn' },
  })),
  command('bgp-evpn-vni', ['[no] rd ASN:NN_OR_IP-ADDRESS:NN$rd', 'no rd'], distinguisher),
  command(
    'bgp-evpn-vni',
    [
      '[no] route-target <both|import|export>$direction RT$target',
      'no route-target <import|export>$direction',
    ],
    targets,
  ),
];
