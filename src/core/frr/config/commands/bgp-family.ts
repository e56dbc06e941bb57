/** Lines of an address family that are not about a neighbour: networks, aggregates, redistribution, paths, leaking. */
import { sameValue } from '../../same-value.ts';
import { maskLength, parseIpv4 } from '../../../base/address.ts';
import { formatPrefix, isLinkLocal, network, parsePrefix, type Prefix } from '../../prefix.ts';
import type { AggregateConfig, BgpFamilyOptions, RedistributeProtocol } from '../bgp-config.ts';
import { emptyInstance, familyConfig, familyOf, instanceOf, without } from '../bgp-edit.ts';
import {
  command,
  failed,
  OK,
  warning,
  type ConfigCommand,
  type Edit,
  type NodeName,
  type Reply,
} from '../command.ts';
import type { Args } from '../match.ts';

const V4: readonly NodeName[] = ['bgp', 'bgp-ipv4'];
const V6: readonly NodeName[] = ['bgp-ipv6'];
const UNICAST: readonly NodeName[] = ['bgp', 'bgp-ipv4', 'bgp-ipv6'];
const IN_FAMILY: readonly NodeName[] = ['bgp-ipv4', 'bgp-ipv6'];

/** The old classful length of an address that was typed without a mask. */
function classfulLength(address: number): number {
  if (address >>> 31 === 0) return 8;
  return address >>> 30 === 2 ? 16 : address >>> 29 === 6 ? 24 : 32;
}

/** `A.B.C.D/M`, `X:X::X:X/M`, or an address with a mask or a class. */
function typedPrefix(args: Args): Prefix | undefined {
  const text = args.find('prefix');
  if (text !== undefined) return parsePrefix(text);
  const address = parseIpv4(args.get('address'));
  if (address === undefined) return undefined;
  const mask = args.find('mask');
  const length = mask === undefined ? classfulLength(address) : maskLength(BigInt(parseIpv4(mask) ?? 0), 32);
  return length === undefined ? undefined : { family: 4, address: BigInt(address), length };
}

function setNetwork(edit: Edit, args: Args): Reply {
  const typed = typedPrefix(args);
  if (!typed)
    return failed(args.find('mask') === undefined ? '% Malformed prefix' : '% Inconsistent address and mask');
  if (isLinkLocal(typed)) return failed('% Malformed prefix (link-local address)');
  const prefix = network(typed);
  const key = formatPrefix(prefix);
  const { networks } = familyConfig(edit);
  const known = networks.get(key);
  const routeMap = args.find('map') ?? null;
  const labelIndex = args.findNumber('index') ?? null;
  if (args.no) {
    if (!known) return failed("% Can't find static route specified");
    if (labelIndex !== null && labelIndex !== known.labelIndex)
      return failed("% label-index doesn't match static route");
    if (routeMap !== null && known.routeMap !== null && routeMap !== known.routeMap)
      return failed("% route-map name doesn't match static route");
    networks.delete(key);
  } else {
    if (known && known.labelIndex !== labelIndex) return failed('% cannot change label-index');
    networks.set(key, { prefix, routeMap, backdoor: args.has('backdoor'), labelIndex });
  }
  edit.changed({ kind: 'network', vrf: instanceOf(edit).vrf, family: familyOf(edit), prefix });
  if (labelIndex !== null && !args.no)
    return { unsupported: { kind: 'unsupported', feature: `label-index ${labelIndex}`, where: 'FRR' } };
  return OK;
}

function setAggregate(edit: Edit, args: Args): Reply {
  const typed = typedPrefix(args);
  if (!typed)
    return failed(args.find('mask') === undefined ? 'Malformed prefix' : '% Inconsistent address and mask');
  const prefix = network(typed);
  const key = formatPrefix(prefix);
  const { aggregates } = familyConfig(edit);
  const said: string[] = [];
  if (args.no) {
    if (!aggregates.delete(key)) return failed('% There is no aggregate-address configuration.');
  } else {
    if ((prefix.family === 4 && prefix.length === 32) || (prefix.family === 6 && prefix.length === 128))
      return failed(`Specified prefix: ${key} will not result in any useful aggregation, disallowing`);
    const rejects = args.has('as-set') && instanceOf(edit).options.rejectAsSets === true;
    const origin = args.find('origin');
    const aggregate: AggregateConfig = {
      prefix,
      asSet: args.has('as-set') && !rejects,
      summaryOnly: args.has('summary-only'),
      origin: origin === 'igp' || origin === 'egp' || origin === 'incomplete' ? origin : null,
      routeMap: args.find('map') ?? null,
      matchingMedOnly: args.has('matching-MED-only'),
      suppressMap: args.find('suppress') ?? null,
    };
    if (aggregate.summaryOnly && aggregate.suppressMap !== null)
      return failed("'summary-only' and 'suppress-map' can't be used at the same time");
    if (aggregates.has(key)) said.push('There is already same aggregate network.\n');
    if (rejects) said.push('Ignoring as-set because `bgp reject-as-sets` is enabled.\n');
    aggregates.set(key, aggregate);
  }
  edit.changed({ kind: 'aggregate', vrf: instanceOf(edit).vrf, family: familyOf(edit), prefix });
  return said.length === 0 ? OK : { text: said.join('') };
}

function setRedistribute(edit: Edit, args: Args): Reply {
  const protocol = args.get('protocol') as RedistributeProtocol;
  const instance = args.findNumber('instance') ?? null;
  const key = instance === null ? protocol : `${protocol} ${instance}`;
  const { redistribute } = familyConfig(edit);
  if (args.no) redistribute.delete(key);
  else {
    const known = redistribute.get(key);
    redistribute.set(key, {
      protocol,
      instance,
      metric: args.findNumber('metric') ?? known?.metric ?? null,
      routeMap: args.find('map') ?? known?.routeMap ?? null,
    });
  }
  edit.changed({ kind: 'redistribute', vrf: instanceOf(edit).vrf, family: familyOf(edit), key });
  const map = args.find('map');
  return map === undefined || edit.config.routeMaps.has(map)
    ? OK
    : { text: `The route-map '${map}' does not exist.\n` };
}

function setFamilyOption<K extends keyof BgpFamilyOptions>(
  edit: Edit,
  option: K,
  value: BgpFamilyOptions[K] | undefined,
): Reply {
  const family = familyConfig(edit);
  if (sameValue(family.options[option], value)) return OK;
  family.options =
    value === undefined ? without(family.options, option) : { ...family.options, [option]: value };
  edit.changed({ kind: 'bgp-family', vrf: instanceOf(edit).vrf, family: familyOf(edit), option });
  return OK;
}

const VPN_OPTIONS = [
  'exportVpn',
  'importVpn',
  'rdVpnExport',
  'rtVpnImport',
  'rtVpnExport',
  'labelVpnExport',
  'nexthopVpnExport',
] as const;

function importVrf(edit: Edit, args: Args): Reply {
  const instance = instanceOf(edit);
  const name = args.get('name');
  if (name === 'route-map') return failed('% Must include route-map name');
  if (name === instance.vrf)
    return warning(`% Cannot ${args.no ? 'unimport' : 'import'} vrf ${name} into itself`);
  const { options } = familyConfig(edit);
  if (VPN_OPTIONS.some((option) => options[option] !== undefined))
    return failed('% Please unconfigure vpn to vrf commands before using import vrf commands');
  const names = options.importVrf ?? [];
  const left = args.no
    ? names.filter((one) => one !== name)
    : names.includes(name)
      ? names
      : [...names, name];
  if (!args.no)
    // What leaks passes through the default instance, which comes into being with the other one.
    for (const needed of ['default', name]) {
      if (edit.config.bgp.has(needed)) continue;
      edit.config.bgp.set(needed, {
        ...emptyInstance(instance.asn, needed),
        automatic: needed === 'default',
      });
      edit.changed({ kind: 'bgp-added', vrf: needed });
    }
  return setFamilyOption(edit, 'importVrf', left.length === 0 ? undefined : left);
}

/** The vpn commands exclude `import vrf`. */
function vpnOption<K extends keyof BgpFamilyOptions>(
  option: K,
  read: (args: Args) => BgpFamilyOptions[K] | undefined,
): (edit: Edit, args: Args) => Reply {
  return (edit, args) =>
    familyConfig(edit).options.importVrf
      ? failed("% error: vpn import/export is incompatible with 'import vrf'")
      : setFamilyOption(edit, option, args.no ? undefined : read(args));
}

/** bgpd knows these forms without a value, and fails for want of it: nothing changes. */
const withoutValue = (name: string): Reply => warning(`Internal CLI error [${name}]`);

function routeTargets(edit: Edit, args: Args): Reply {
  if (familyConfig(edit).options.importVrf)
    return failed("% error: vpn import/export is incompatible with 'import vrf'");
  const targets = args.no ? undefined : args.get('targets').split(' ');
  if (targets?.some((target) => !/^(?:\d+|\d+\.\d+\.\d+\.\d+):\d+$/.test(target)))
    return failed('% Malformed rtlist');
  const direction = args.get('direction');
  if (direction !== 'export') setFamilyOption(edit, 'rtVpnImport', targets);
  if (direction !== 'import') setFamilyOption(edit, 'rtVpnExport', targets);
  return OK;
}

const PROTOCOLS_V4 =
  '<kernel|connected|static|rip|ospf|isis|eigrp|nhrp|table|vnc|vnc-direct|babel|openfabric>$protocol';
const PROTOCOLS_V6 =
  '<kernel|connected|static|ripng|ospf6|isis|nhrp|table|vnc|vnc-direct|babel|openfabric>$protocol';
const AGGREGATE_OPTIONS =
  '[{as-set|summary-only|route-map RMAP_NAME$map|origin <egp|igp|incomplete>$origin|matching-MED-only|suppress-map RMAP_NAME$suppress}]';

const redistributeForms = (protocols: string): string[] => [
  `redistribute ${protocols}`,
  `redistribute ${protocols} metric (0-4294967295)$metric route-map RMAP_NAME$map`,
  `redistribute ${protocols} metric (0-4294967295)$metric`,
  `redistribute ${protocols} route-map RMAP_NAME$map metric (0-4294967295)$metric`,
  `redistribute ${protocols} route-map RMAP_NAME$map`,
  `no redistribute ${protocols} [{metric (0-4294967295)|route-map RMAP_NAME}]`,
];

const INSTANCES = '<ospf|table>$protocol (1-65535)$instance';

export const BGP_FAMILY_COMMANDS: readonly ConfigCommand[] = [
  command(
    V4,
    '[no] network <A.B.C.D/M$prefix|A.B.C.D$address [mask A.B.C.D$mask]> [{route-map RMAP_NAME$map|label-index (0-1048560)$index|backdoor}]',
    setNetwork,
  ),
  command(
    V6,
    '[no] network X:X::X:X/M$prefix [{route-map RMAP_NAME$map|label-index (0-1048560)$index}]',
    setNetwork,
  ),
  command(
    V4,
    `[no] aggregate-address <A.B.C.D/M$prefix|A.B.C.D$address A.B.C.D$mask> ${AGGREGATE_OPTIONS}`,
    setAggregate,
  ),
  command(V6, `[no] aggregate-address X:X::X:X/M$prefix ${AGGREGATE_OPTIONS}`, setAggregate),
  command(V4, redistributeForms(PROTOCOLS_V4), setRedistribute),
  command(V6, redistributeForms(PROTOCOLS_V6), setRedistribute),
  command(V4, redistributeForms(INSTANCES), setRedistribute),
  command(UNICAST, ['maximum-paths (1-256)$paths', 'no maximum-paths [(1-256)]'], (edit, args) =>
    setFamilyOption(
      edit,
      'maximumPaths',
      args.no || args.number('paths') === 256 ? undefined : args.number('paths'),
    ),
  ),
  command(
    UNICAST,
    [
      'maximum-paths ibgp (1-256)$paths',
      'maximum-paths ibgp (1-256)$paths equal-cluster-length',
      'no maximum-paths ibgp [(1-256) [equal-cluster-length]]',
    ],
    (edit, args) =>
      setFamilyOption(
        edit,
        'maximumPathsIbgp',
        args.no
          ? undefined
          : { paths: args.number('paths'), equalClusterLength: args.has('equal-cluster-length') },
      ),
  ),
  command(
    UNICAST,
    [
      'distance bgp (1-255)$external (1-255)$internal (1-255)$local',
      'no distance bgp [(1-255) (1-255) (1-255)]',
    ],
    (edit, args) =>
      setFamilyOption(
        edit,
        'distance',
        args.no
          ? undefined
          : {
              external: args.number('external'),
              internal: args.number('internal'),
              local: args.number('local'),
            },
      ),
  ),
  command(UNICAST, ['table-map WORD$map', 'no table-map WORD'], (edit, args) =>
    setFamilyOption(edit, 'tableMap', args.no ? undefined : args.get('map')),
  ),
  command(IN_FAMILY, '[no] import vrf VIEWVRFNAME$name', importVrf),
  command(IN_FAMILY, ['import vrf route-map RMAP$map', 'no import vrf route-map [RMAP]'], (edit, args) =>
    setFamilyOption(edit, 'importVrfRouteMap', args.no ? undefined : args.get('map')),
  ),
  command(IN_FAMILY, '[no] <import|export>$direction vpn', (edit, args) =>
    vpnOption(args.get('direction') === 'import' ? 'importVpn' : 'exportVpn', () => true)(edit, args),
  ),
  command(IN_FAMILY, 'no rd vpn export', () => withoutValue('rd_str')),
  command(IN_FAMILY, '[no] rd vpn export ASN:NN_OR_IP-ADDRESS:NN$rd', (edit, args) =>
    !args.no && !/^(?:\d+|\d+\.\d+\.\d+\.\d+):\d+$/.test(args.get('rd'))
      ? failed('% Malformed rd')
      : vpnOption('rdVpnExport', (typed) => typed.get('rd'))(edit, args),
  ),
  command(
    IN_FAMILY,
    '[no] <rt|route-target> vpn <import|export|both>$direction RTLIST...$targets',
    routeTargets,
  ),
  command(IN_FAMILY, 'no <rt|route-target> vpn <import|export|both>', () => withoutValue('rtlist')),
  command(
    IN_FAMILY,
    ['[no] label vpn export <(0-1048575)|auto>$label', 'no label vpn export'],
    vpnOption('labelVpnExport', (args) => (args.has('auto') ? 'auto' : args.number('label'))),
  ),
  command(
    IN_FAMILY,
    '[no] nexthop vpn export [<A.B.C.D|X:X::X:X>$nexthop]',
    vpnOption('nexthopVpnExport', (args) => args.find('nexthop')),
  ),
  command(IN_FAMILY, '[no] route-map vpn <import|export>$direction RMAP$map', (edit, args) =>
    vpnOption(args.get('direction') === 'import' ? 'routeMapVpnImport' : 'routeMapVpnExport', (typed) =>
      typed.get('map'),
    )(edit, args),
  ),
  command(IN_FAMILY, 'no route-map vpn <import|export>', () => withoutValue('rmap_str')),
  command('bgp-evpn', ['advertise-all-vni', 'no advertise-all-vni'], (edit, args) =>
    setFamilyOption(edit, 'advertiseAllVni', args.no ? undefined : true),
  ),
  command('bgp-evpn', ['advertise-default-gw', 'no advertise-default-gw'], (edit, args) =>
    setFamilyOption(edit, 'advertiseDefaultGw', args.no ? undefined : true),
  ),
  command('bgp-evpn', '[no] advertise-svi-ip', (edit, args) =>
    setFamilyOption(edit, 'advertiseSviIp', args.no ? undefined : true),
  ),
  command(
    'bgp-evpn',
    [
      'advertise <ipv4|ipv6>$family unicast [route-map RMAP_NAME$map]',
      'no advertise <ipv4|ipv6>$family unicast',
    ],
    (edit, args) =>
      setFamilyOption(
        edit,
        args.get('family') === 'ipv4' ? 'advertiseIpv4' : 'advertiseIpv6',
        args.no ? undefined : { routeMap: args.find('map') ?? null },
      ),
  ),
];
