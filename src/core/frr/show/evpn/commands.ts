/** `show bgp l2vpn evpn ...`: syntax and answers. */
import { parseIpv4, parseMac } from '../../../base/address.ts';
import { formatDistinguisher, parseDistinguisher } from '../../distinguisher.ts';
import { parseAddress } from '../../prefix.ts';
import type { EvpnVniView } from '../../bgp/evpn/vni.ts';
import type { BgpInstance } from '../../bgp/instance.ts';
import type { Destination, Path } from '../../bgp/path.ts';
import { evpnPrefix } from '../../bgp/message/evpn-nlri.ts';
import { routeKey } from '../../prefix.ts';
import type { Reply } from '../../config/command.ts';
import type { Args } from '../../config/match.ts';
import type { ShowContext } from '../context.ts';
import { text, warn, type ShowCommand } from '../exec-command.ts';
import { compactJson, prettyJson, type JsonObject } from '../json.ts';
import { tableInMembers } from './route-detail-json.ts';
import { destinationText, distinguisherInWords, tableInWords } from './route-detail.ts';
import {
  byDistinguisher,
  destinationJson,
  header,
  pathLines,
  routeText,
  tableJson,
  tableText,
} from './routes.ts';
import { vniTargets, vrfTargets } from './import-targets.ts';
import { vrfVniText } from './vrf-vni.ts';
import { vnisText, vniText, vrfText } from './vnis.ts';

const json = (args: Args): boolean => args.has('json');

const TYPES: Readonly<Record<string, number>> = {
  ead: 1,
  macip: 2,
  multicast: 3,
  es: 4,
  prefix: 5,
};

const typeOf = (args: Args): number | null => {
  const typed = args.find('type');
  return typed === undefined ? null : (TYPES[typed] ?? Number(typed));
};

type Answer = (context: ShowContext, instance: BgpInstance, args: Args) => Reply;

/** The instance that has EVPN; the default one while none does. */
const evpnInstance = ({ bgp }: ShowContext): BgpInstance | undefined =>
  bgp.evpn.speaker ?? bgp.instances.get('default');

const table =
  (answer: Answer) =>
  (context: ShowContext, args: Args): Reply => {
    const instance = evpnInstance(context);
    return instance === undefined
      ? warn(json(args) ? '{}\n' : 'No BGP process is configured\n')
      : answer(context, instance, args);
  };

/** The typed distinguisher; null for `all` or none; a reply when it is none. */
function distinguisherOf(args: Args): bigint | null | Reply {
  const typed = args.find('rd');
  if (typed === undefined || typed === 'all') return null;
  return parseDistinguisher(typed) ?? warn('% Malformed Route Distinguisher\n');
}

const isReply = (value: bigint | null | Reply): value is Reply => typeof value === 'object' && value !== null;

const wholeTable: Answer = (context, instance, args) => {
  const only = distinguisherOf(args);
  if (isReply(only)) return only;
  return text(
    json(args)
      ? prettyJson(tableJson(context, instance, only, () => true))
      : tableText(instance, only, () => true),
  );
};

const neighbourTable: Answer = (context, instance, args) => {
  const peer = instance.peers.get(args.get('neighbor'));
  if (!peer) return warn('No such neighbor in this view/vrf\n');
  const isIts = (path: Path): boolean => path.peer === peer;
  return text(
    json(args) ? prettyJson(tableJson(context, instance, null, isIts)) : tableText(instance, null, isIts),
  );
};

const counts = (prefixes: number, paths: number, type: number | null): string =>
  `\nDisplayed ${prefixes} prefixes (${paths} paths)${type === null ? '' : ' (of requested type)'}\n`;

/** `route`: as the table, with one heading more and other counts. */
const routes: Answer = (context, instance, args) => {
  const only = distinguisherOf(args);
  if (isReply(only)) return only;
  const type = typeOf(args);
  const rib = instance.rib('l2vpn-evpn');
  const isWanted = ({ prefix }: Destination): boolean => type === null || prefix.evpn?.type === type;
  const isLong = args.has('detail') || args.find('rd') !== undefined;
  if (json(args))
    return text(
      isLong
        ? prettyJson(tableInMembers(context, instance, only, type) ?? {})
        : `${compactJson(routesJson(context, instance, isWanted))}\n`,
    );
  if (only !== null) return text(distinguisherInWords(context, instance, only, type) ?? '');
  if (isLong) {
    const listed = tableInWords(context, instance, type);
    return text(
      listed.prefixes === 0
        ? `No EVPN prefixes ${type === null ? '' : '(of requested type) '}exist\n`
        : `${listed.text}${counts(listed.prefixes, listed.paths, type)}`,
    );
  }
  const lines: string[] = [];
  let prefixes = 0;
  let paths = 0;
  for (const [distinguisher, destinations] of byDistinguisher(rib)) {
    const wanted = destinations.filter(isWanted);
    if (wanted.length === 0) continue;
    if (lines.length === 0)
      lines.push(header(instance, rib.versionOf(distinguisher)), `${' '.repeat(20)}Extended Community\n`);
    lines.push(`Route Distinguisher: ${formatDistinguisher(distinguisher)}\n`);
    for (const destination of wanted) {
      prefixes += 1;
      paths += destination.paths.length;
      for (const path of destination.paths) lines.push(pathLines(destination, path, false));
    }
  }
  return text(
    prefixes === 0
      ? `No EVPN prefixes ${type === null ? '' : '(of requested type) '}exist\n`
      : `${lines.join('')}${counts(prefixes, paths, type)}`,
  );
};

function routesJson(
  context: ShowContext,
  instance: BgpInstance,
  isWanted: (destination: Destination) => boolean,
): JsonObject {
  const members: Record<string, JsonObject> = {};
  let prefixes = 0;
  let paths = 0;
  for (const [distinguisher, destinations] of byDistinguisher(instance.rib('l2vpn-evpn'))) {
    const rd = formatDistinguisher(distinguisher);
    for (const destination of destinations.filter(isWanted)) {
      prefixes += 1;
      paths += destination.paths.length;
      members[rd] = {
        ...(members[rd] ?? { rd }),
        [routeText(destination)]: destinationJson(context, instance, destination, destination.paths, true),
      };
    }
  }
  return { ...members, numPrefix: prefixes, numPaths: paths };
}

const vniNamed = ({ bgp }: ShowContext, args: Args): EvpnVniView | undefined =>
  bgp.evpn.vnis.get(args.number('vni'));

interface VniFilter {
  readonly type: number | null;
  /** Next hop of the paths. */
  readonly vtep: number | null;
}

const filterOf = (args: Args): VniFilter => ({
  type: typeOf(args),
  vtep: args.find('vtep') === undefined ? null : (parseIpv4(args.get('vtep')) ?? 0),
});

function chosen(vni: EvpnVniView, { type, vtep }: VniFilter): readonly (readonly [Destination, Path[]])[] {
  return vni.table
    .sorted()
    .filter(({ prefix, paths }) => paths.length > 0 && (type === null || prefix.evpn?.type === type))
    .map((destination) => [
      destination,
      destination.paths.filter(({ attributes }) => vtep === null || attributes.nextHop === vtep),
    ]);
}

/** `route vni N`: a VNI's own table. */
function vniRoutes(
  context: ShowContext,
  instance: BgpInstance,
  vni: EvpnVniView,
  filter: VniFilter,
  inWords: boolean,
): string {
  const list = chosen(vni, filter);
  if (list.length === 0)
    return `No EVPN prefixes ${filter.type === null ? '' : '(of requested type) '}exist for this VNI\n`;
  const lines = inWords ? [] : [header(instance, vni.table.version)];
  let paths = 0;
  for (const [destination, some] of list) {
    paths += some.length;
    if (inWords && some.length > 0) lines.push(destinationText(context, instance, vni.table, destination));
    else if (!inWords) for (const path of some) lines.push(pathLines(destination, path, false));
  }
  return `${lines.join('')}${counts(list.length, paths, filter.type)}\n`;
}

function vniRoutesJson(
  context: ShowContext,
  instance: BgpInstance,
  vni: EvpnVniView,
  filter: VniFilter,
): JsonObject {
  const list = chosen(vni, filter);
  return {
    ...Object.fromEntries(
      list
        .filter(([, paths]) => paths.length > 0)
        .map(([destination, paths]): [string, JsonObject] => [
          routeText(destination),
          destinationJson(context, instance, destination, paths, true),
        ]),
    ),
    numPrefix: list.length,
    numPaths: list.reduce((sum, [, paths]) => sum + paths.length, 0),
  };
}

const oneVni: Answer = (context, instance, args) => {
  const vni = vniNamed(context, args);
  if (vni === undefined) return text(json(args) ? '{\n}\n' : 'VNI not found\n');
  const filter = filterOf(args);
  return text(
    json(args)
      ? prettyJson(vniRoutesJson(context, instance, vni, filter))
      : vniRoutes(context, instance, vni, filter, false),
  );
};

const allVnis: Answer = (context, instance, args) => {
  const filter = filterOf(args);
  const vnis = [...context.bgp.evpn.vnis.values()];
  if (json(args))
    return text(
      prettyJson(
        Object.fromEntries(
          vnis.map((vni) => [
            String(vni.vni),
            { vni: vni.vni, ...vniRoutesJson(context, instance, vni, filter) },
          ]),
        ),
      ),
    );
  return text(
    vnis
      .map((vni) => `\nVNI: ${vni.vni}\n\n${vniRoutes(context, instance, vni, filter, args.has('detail'))}`)
      .join(''),
  );
};

/** `route vni N mac M [ip A]`. */
const oneHost: Answer = (context, instance, args) => {
  const mac = parseMac(args.get('mac'));
  if (mac === undefined) return warn('% Malformed MAC address\n');
  const typedIp = args.find('ip');
  const ip = typedIp === undefined ? null : parseAddress(typedIp);
  if (ip === undefined) return warn('% Malformed IP address\n');
  const vni = vniNamed(context, args);
  if (vni === undefined) return text(json(args) ? '{\n}\n' : 'VNI not found\n');
  const key = routeKey(evpnPrefix({ type: 2, ethernetTag: 0, mac, ip }));
  const destination = vni.table.destinations.get(key);
  if (destination === undefined || destination.paths.length === 0)
    return text(json(args) ? '{\n}\n' : '% Network not in table\n');
  if (json(args))
    return {
      unsupported: { kind: 'unsupported', feature: 'JSON of one host', where: 'show bgp l2vpn evpn' },
    };
  return text(
    `${destinationText(context, instance, vni.table, destination)}\nDisplayed ${destination.paths.length} paths for requested prefix\n`,
  );
};

const bgpVnis = (context: ShowContext, args: Args): Reply => {
  if (args.find('vni') === undefined) return text(vnisText(context, json(args)));
  const vni = vniNamed(context, args);
  if (vni !== undefined) return text(vniText(vni, json(args)));
  const vrf = [...context.bgp.evpn.l3.vrfs.values()].find(({ zebra }) => zebra.vni === args.number('vni'));
  if (vrf !== undefined) return text(vrfText(context, vrf, json(args)));
  return text(json(args) ? '{}\n{\n}\n' : 'VNI not found\n');
};

const ofTargets =
  (answer: (context: ShowContext, json: boolean) => string) =>
  (context: ShowContext, args: Args): Reply =>
    evpnInstance(context) === undefined ? warn('') : text(answer(context, json(args)));

const oneVrf = (context: ShowContext, args: Args): Reply => {
  const vrf = args.get('vrf');
  const instance = context.bgp.instances.get(vrf);
  if (instance !== undefined) return text(vrfVniText(context, instance, json(args)));
  return warn(
    json(args) ? '{ "warning": "BGP instance not found" }\n' : `BGP instance for VRF ${vrf} not found\n`,
  );
};

const VNI = '(1-16777215)$vni';
const TYPE = '<ead|1|macip|2|multicast|3|es|4|prefix|5>$type';
const HEAD = 'show [ip] bgp l2vpn evpn';

export const EVPN_SHOW_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: [`${HEAD} [json]`, `${HEAD} rd <ASN:NN_OR_IP-ADDRESS:NN|all>$rd [json]`],
    run: table(wholeTable),
  },
  {
    syntax: [`${HEAD} neighbors <A.B.C.D|X:X::X:X|WORD>$neighbor routes [json]`],
    run: table(neighbourTable),
  },
  {
    syntax: [
      `show bgp l2vpn evpn route [detail] [type ${TYPE}] [json]`,
      `show bgp l2vpn evpn route rd <ASN:NN_OR_IP-ADDRESS:NN|all>$rd [type ${TYPE}] [json]`,
    ],
    run: table(routes),
  },
  {
    syntax: [
      `show bgp l2vpn evpn route vni ${VNI} [<type <ead|1|macip|2|multicast|3>$type|vtep A.B.C.D$vtep>] [json]`,
    ],
    run: table(oneVni),
  },
  { syntax: [`show bgp l2vpn evpn route vni ${VNI} mac WORD$mac [ip WORD$ip] [json]`], run: table(oneHost) },
  { syntax: ['show bgp l2vpn evpn route vni all [detail] [vtep A.B.C.D$vtep] [json]'], run: table(allVnis) },
  { syntax: [`show bgp l2vpn evpn vni [${VNI}] [json]`], run: bgpVnis },
  { syntax: ['show bgp l2vpn evpn import-rt [json]'], run: ofTargets(vniTargets) },
  { syntax: ['show bgp l2vpn evpn vrf-import-rt [json]'], run: ofTargets(vrfTargets) },
  { syntax: ['show bgp vrf VRFNAME$vrf vni [json]'], run: oneVrf },
];
