/** Which instances and which family the words of a `show bgp` command mean. */
import type { BgpInstance } from '../bgp/instance.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import type { Reply } from '../config/command.ts';
import type { Args } from '../config/match.ts';
import type { ShowContext } from './context.ts';
import { warn } from './exec-command.ts';
import { prettyJson } from './json.ts';

const VRF = '[<view|vrf> VIEWVRFNAME$vrf]';
/** How all of them begin. */
export const HEAD = `show [ip]$ip bgp ${VRF}`;
/** The words of a family. */
export const FAMILY = '[<ipv4|ipv6>$afi [<unicast|multicast|vpn|labeled-unicast|flowspec>$safi]]';

/** Whether JSON was asked for. */
export const wantsJson = (args: Args): boolean => args.has('json');

/** What is shown: bgpd words a missing instance by it. */
type Shown = 'tables' | 'neighbors' | 'summary';

/** The instances that `vrf all`, a name or nothing means; a reply when there is none. */
export function instancesOf(context: ShowContext, args: Args, shown: Shown): readonly BgpInstance[] | Reply {
  const name = args.find('vrf');
  if (name === 'all') return [...context.bgp.instances.values()];
  const instance = context.bgp.instances.get(name ?? 'default');
  if (instance) return [instance];
  const isNamed = name !== undefined && name !== 'default';
  if (shown !== 'tables')
    return warn(
      wantsJson(args) ? (shown === 'neighbors' && isNamed ? '{\n}\n' : '{}\n') : '% BGP instance not found\n',
    );
  if (wantsJson(args))
    return warn(prettyJson({ warning: isNamed ? 'View/Vrf is unknown' : 'Default BGP instance not found' }));
  return warn(isNamed ? `View/Vrf ${name} is unknown\n` : 'Default BGP instance not found\n');
}

/** Whether it is an answer already. */
export const isReply = (value: readonly BgpInstance[] | Reply): value is Reply => !Array.isArray(value);

/** The family of the words, IPv4 unicast when none was typed (`show ip bgp`), IPv6 with `show bgp` alone. */
export function familyOf(args: Args): BgpFamily | Reply {
  const safi = args.find('safi') ?? 'unicast';
  if (args.has('l2vpn')) return 'l2vpn-evpn';
  if (safi === 'vpn') return args.has('ipv6') ? 'ipv6-vpn' : 'ipv4-vpn';
  if (safi !== 'unicast')
    return { unsupported: { kind: 'unsupported', feature: `address family ${safi}`, where: 'bgpd' } };
  return args.has('ipv4') || (args.has('ip') && !args.has('ipv6')) ? 'ipv4-unicast' : 'ipv6-unicast';
}

/** Whether it is a family. */
export const isFamily = (value: BgpFamily | Reply): value is BgpFamily => typeof value === 'string';

/** Runs over the instances of a command, and joins what they say. */
export function each(
  context: ShowContext,
  args: Args,
  say: (instance: BgpInstance, family: BgpFamily) => string | Reply,
  shown: Shown = 'tables',
): Reply {
  const family = familyOf(args);
  if (!isFamily(family)) return family;
  const instances = instancesOf(context, args, shown);
  if (isReply(instances)) return instances;
  let status: Reply['status'] = 'ok';
  let unsupported: Reply['unsupported'];
  const parts = instances.map((instance) => {
    const said = say(instance, family);
    const head = args.find('vrf') === 'all' && !wantsJson(args) ? `\nInstance ${instance.vrf}:\n` : '';
    if (typeof said === 'string') return `${head}${said}`;
    status = said.status ?? status;
    unsupported ??= said.unsupported;
    return `${head}${said.text ?? ''}`;
  });
  return unsupported ? { unsupported } : { text: parts.join(''), status };
}
