/** `show bgp peer-group`: groups with their families, ranges and members. */
import type { BgpInstance } from '../bgp/instance.ts';
import type { PeerConfig } from '../config/bgp-config.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import type { Reply } from '../config/command.ts';
import { activeByDefault } from '../config/effective.ts';
import { parsePrefix } from '../prefix.ts';
import type { ShowContext } from './context.ts';
import { text, warn } from './exec-command.ts';
import { FAMILY_TEXT } from './family.ts';

function stateOf(instance: BgpInstance, name: string): string {
  const peer = instance.peers.get(name);
  if (peer === undefined) return 'Idle';
  if (peer.options.shutdown !== undefined || instance.config.options.shutdown !== undefined)
    return 'Idle (Admin)';
  return peer.prefixOverflow ? 'Idle (PfxCt)' : peer.state;
}

function groupText(instance: BgpInstance, group: PeerConfig): string {
  const { asn, config } = instance;
  const as =
    group.remoteAs === null
      ? ''
      : `, remote AS ${typeof group.remoteAs === 'number' ? group.remoteAs : group.remoteAs === 'internal' ? asn : 0}`;
  const kind = group.remoteAs === 'internal' || group.remoteAs === asn ? 'internal' : 'external';
  const active = BGP_FAMILIES.filter(
    (family) => group.families[family]?.activate ?? activeByDefault(config, family),
  );
  const ranges = [...config.listenRanges].filter(([, owner]) => owner === group.name).map(([range]) => range);
  const listened = ([4, 6] as const).flatMap((version) => {
    const own = ranges.filter((range) => parsePrefix(range)?.family === version);
    return own.length === 0
      ? []
      : [`  ${own.length} IPv${version} listen range(s)\n`, ...own.map((range) => `    ${range}\n`)];
  });
  const members = [...instance.peers.values()].filter((peer) => peer.config?.group === group.name);
  return [
    `\nBGP peer-group ${group.name}${as}\n`,
    `  Peer-group type is ${kind}\n`,
    `  Configured address-families:${active.map((family) => ` ${FAMILY_TEXT[family]};`).join('') || ' none'}\n`,
    ...listened,
    members.length === 0 ? '' : '  Peer-group members:\n',
    ...members.map(
      ({ name, range }) => `    ${name} ${range === null ? '' : '(dynamic)'} ${stateOf(instance, name)} \n`,
    ),
  ].join('');
}

/** All groups of an instance, or the named one. */
export function peerGroups(context: ShowContext, vrf: string, name: string | undefined): Reply {
  const instance = context.bgp.instances.get(vrf);
  if (instance === undefined) return warn('% BGP instance not found\n');
  const groups = [...instance.config.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const named = groups.filter((group) => name === undefined || group.name === name);
  if (name !== undefined && named.length === 0) return warn('% No such peer-group\n');
  return text(named.map((group) => groupText(instance, group)).join(''));
}
