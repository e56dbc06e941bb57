/** `vni N` blocks of EVPN: their distinguisher and their route targets. */
import { parseDistinguisher } from '../../distinguisher.ts';
import { readRouteTargets } from '../../policy/communities.ts';
import type { VniConfig } from '../bgp-config.ts';
import { instanceOf, without } from '../bgp-edit.ts';
import { command, OK, warning, type ConfigCommand, type Edit, type Reply } from '../command.ts';
import type { Args } from '../match.ts';

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

const SIDES = { import: 'importTargets', export: 'exportTargets' } as const;
const WORDS = { import: 'Import', export: 'Export', both: 'Import/Export' } as const;

const targets = (edit: Edit, args: Args): Reply =>
  change(edit, (config) => {
    const direction = args.get('direction') as keyof typeof WORDS;
    const sides = direction === 'both' ? (['import', 'export'] as const) : [direction];
    const typed = args.find('target');
    if (typed !== undefined && readRouteTargets(typed, 'rt')?.length !== 1)
      return warning('% Malformed Route Target list');
    let next = config;
    if (!args.no) {
      for (const side of sides) {
        const known = next[SIDES[side]] ?? [];
        if (typed !== undefined && !known.includes(typed))
          next = { ...next, [SIDES[side]]: [...known, typed] };
      }
      return next;
    }
    if (sides.every((side) => config[SIDES[side]] === undefined))
      return warning(`% ${WORDS[direction]} RT is not configured for this VNI`);
    let found = false;
    for (const side of sides) {
      const known = next[SIDES[side]] ?? [];
      if (typed !== undefined && !known.includes(typed)) continue;
      found = true;
      const left = typed === undefined ? [] : known.filter((one) => one !== typed);
      next = left.length === 0 ? without(next, SIDES[side]) : { ...next, [SIDES[side]]: left };
    }
    return found ? next : warning('% RT specified does not match configuration for this VNI');
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
