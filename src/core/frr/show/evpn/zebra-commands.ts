/** `show evpn ...` and `show vrf vni`: syntax and answers of zebra. */
import { parseIpv4, parseMac } from '../../../base/address.ts';
import { parseAddress } from '../../prefix.ts';
import type { Reply } from '../../config/command.ts';
import type { Args } from '../../config/match.ts';
import type { L3Vni } from '../../zebra/evpn/l3-vni.ts';
import type { VniTables } from '../../zebra/evpn/vni-tables.ts';
import type { ShowContext } from '../context.ts';
import { text, warn, type ShowCommand } from '../exec-command.ts';
import { prettyJson, type JsonObject } from '../json.ts';
import * as layer3 from './l3-vnis.ts';
import * as zebra from './zebra-vnis.ts';

const VNI = '(1-16777215)$vni';

const json = (args: Args): boolean => args.has('json');

const absent = (args: Args): Reply =>
  text(json(args) ? '{}\n' : `% VNI ${args.number('vni')} does not exist\n`);

/** Runs over one VNI; nothing is said while EVPN is off. */
const ofVni =
  (answer: (context: ShowContext, tables: VniTables, args: Args) => Reply) =>
  (context: ShowContext, args: Args): Reply => {
    const { evpn } = context.zebra;
    if (!evpn.enabled) return text('');
    const tables = evpn.vnis.get(args.number('vni'));
    return tables === undefined ? absent(args) : answer(context, tables, args);
  };

const keyed = (context: ShowContext, of: (tables: VniTables) => JsonObject): string =>
  prettyJson(
    Object.fromEntries(
      [...context.zebra.evpn.vnis.values()].map((tables): [string, JsonObject] => [
        String(tables.vni),
        of(tables),
      ]),
    ),
  );

const macOf = ofVni((context, tables, args) => {
  const mac = parseMac(args.get('mac'));
  const known = mac === undefined ? undefined : tables.macs.get(mac);
  if (mac === undefined) return warn('% Malformed MAC address\n');
  if (known === undefined)
    return text(json(args) ? '{}\n' : `% Requested MAC does not exist in VNI ${tables.vni}\n`);
  return text(json(args) ? prettyJson(zebra.macDetailJson(context, known)) : zebra.macDetail(context, known));
});

const neighbourOf = ofVni((context, tables, args) => {
  const ip = parseAddress(args.get('ip'));
  if (ip === undefined) return warn('% Malformed Neighbor address\n');
  const known = tables.neighbourAt(ip);
  return text(
    known === undefined
      ? `% Requested neighbor does not exist in VNI ${tables.vni}\n`
      : zebra.neighbourDetail(context, known),
  );
});

/** Runs over one layer 3 VNI; nothing is said while EVPN is off. */
const ofL3Vni =
  (answer: (vni: L3Vni, args: Args) => Reply) =>
  ({ zebra: { evpn } }: ShowContext, args: Args): Reply => {
    if (!evpn.enabled) return text('');
    const vni = evpn.l3.get(args.number('vni'));
    if (vni !== undefined) return answer(vni, args);
    return text(json(args) ? '{}\n' : `% L3-VNI ${args.number('vni')} does not exist\n`);
  };

/** Of all layer 3 VNIs that have any. */
const ofAllL3Vnis =
  (size: (vni: L3Vni) => number, inWords: (vni: L3Vni) => string, asJson: (vni: L3Vni) => JsonObject) =>
  ({ zebra: { evpn } }: ShowContext, args: Args): Reply => {
    if (!evpn.enabled) return text(json(args) ? '{}\n' : '');
    const list = evpn.l3.list().filter((vni) => size(vni) > 0);
    return text(
      json(args)
        ? prettyJson(Object.fromEntries(list.map((vni) => [String(vni.vni), asJson(vni)])))
        : list.map(inWords).join(''),
    );
  };

const nothing = (args: Args, words: string): Reply => text(json(args) ? '{}\n' : `${words}\n`);

const routerMac = ofL3Vni((vni, args) => {
  const mac = parseMac(args.get('mac'));
  if (mac === undefined) return warn('% Malformed MAC address\n');
  const known = vni.macs.get(mac);
  if (known === undefined) return nothing(args, `% Requested RMAC doesn't exist in L3-VNI ${vni.vni}`);
  return text(json(args) ? prettyJson(layer3.macJson(known)) : layer3.macText(known));
});

const nexthop = ofL3Vni((vni, args) => {
  const ip = parseAddress(args.get('ip'));
  if (ip === undefined) return warn('% Malformed Neighbor address\n');
  const known = vni.nexthopAt(ip);
  if (known === undefined) return nothing(args, `% Requested next-hop not present for L3-VNI ${vni.vni}`);
  return text(json(args) ? prettyJson(layer3.nexthopJson(known)) : layer3.nexthopText(known));
});

/** `show evpn vni N`, of either layer. */
const oneVni = (context: ShowContext, args: Args): Reply => {
  const { evpn } = context.zebra;
  const number = args.number('vni');
  if (!evpn.enabled) return text('');
  const [vni, tables] = [evpn.l3.get(number), evpn.vnis.get(number)];
  if (vni !== undefined)
    return text(json(args) ? prettyJson(layer3.l3DetailJson(context, vni)) : layer3.l3Detail(context, vni));
  if (tables === undefined) return text(json(args) ? prettyJson({}) : `% VNI ${number} does not exist\n`);
  return text(
    json(args) ? prettyJson(zebra.vniDetailJson(context, tables)) : zebra.vniDetail(context, tables),
  );
};

const everyVni = (context: ShowContext, args: Args): Reply => {
  const { evpn } = context.zebra;
  if (!evpn.enabled) return text('');
  const [layer2, routed] = [[...evpn.vnis.values()], evpn.l3.list()];
  return text(
    json(args)
      ? prettyJson([
          ...layer2.map((tables) => zebra.vniDetailJson(context, tables)),
          ...routed.map((vni) => layer3.l3DetailJson(context, vni)),
        ])
      : [
          ...layer2.map((tables) => `${zebra.vniDetail(context, tables)}\n`),
          ...routed.map((vni) => `${layer3.l3Detail(context, vni)}\n`),
        ].join(''),
  );
};

export const ZEBRA_EVPN_SHOW_COMMANDS: readonly ShowCommand[] = [
  { syntax: ['show evpn [json]'], run: (context, args) => text(zebra.evpnText(context, json(args))) },
  { syntax: ['show evpn vni [json]'], run: (context, args) => text(zebra.vniList(context, json(args))) },
  { syntax: ['show vrf vni [json]'], run: (context, args) => text(layer3.vrfVnis(context, json(args))) },
  { syntax: ['show evpn vni detail [json]'], run: everyVni },
  { syntax: [`show evpn vni ${VNI}[json]`], run: oneVni },
  { syntax: [`show evpn rmac vni ${VNI} mac WORD$mac [json]`], run: routerMac },
  {
    syntax: [`show evpn rmac vni ${VNI}[json]`],
    run: ofL3Vni((vni, args) =>
      vni.macs.size === 0
        ? text('')
        : text(json(args) ? prettyJson(layer3.macsJson(vni)) : layer3.macsText(vni)),
    ),
  },
  {
    syntax: ['show evpn rmac vni all [json]'],
    run: ofAllL3Vnis(({ macs }) => macs.size, layer3.allMacsText, layer3.macsJson),
  },
  { syntax: [`show evpn next-hops vni ${VNI} ip WORD$ip [json]`], run: nexthop },
  {
    syntax: [`show evpn next-hops vni ${VNI}[json]`],
    run: ofL3Vni((vni, args) =>
      vni.nexthops.size === 0
        ? text('')
        : text(json(args) ? prettyJson(layer3.nexthopsJson(vni)) : layer3.nexthopsText(vni)),
    ),
  },
  {
    syntax: ['show evpn next-hops vni all [json]'],
    run: ofAllL3Vnis(({ nexthops }) => nexthops.size, layer3.allNexthopsText, layer3.nexthopsJson),
  },
  {
    syntax: ['show evpn mac vni all [json]'],
    run: (context, args) =>
      text(
        json(args)
          ? keyed(context, (tables) => zebra.macsJson(context, tables))
          : zebra.allMacs(context, null),
      ),
  },
  {
    syntax: ['show evpn mac vni all vtep A.B.C.D$vtep'],
    run: (context, args) => text(zebra.allMacs(context, parseIpv4(args.get('vtep')) ?? 0)),
  },
  {
    syntax: [`show evpn mac vni ${VNI}[json]`],
    run: ofVni((context, tables, args) =>
      text(json(args) ? prettyJson(zebra.macsJson(context, tables)) : zebra.macsOf(context, tables)),
    ),
  },
  { syntax: [`show evpn mac vni ${VNI} mac WORD$mac [json]`], run: macOf },
  {
    syntax: ['show evpn arp-cache vni all [json]'],
    run: (context, args) =>
      text(json(args) ? keyed(context, zebra.neighboursJson) : zebra.allNeighbours(context)),
  },
  {
    syntax: [`show evpn arp-cache vni ${VNI}[json]`],
    run: ofVni((_context, tables, args) =>
      text(json(args) ? prettyJson(zebra.neighboursJson(tables)) : zebra.neighboursOf(tables)),
    ),
  },
  { syntax: [`show evpn arp-cache vni ${VNI} ip WORD$ip`], run: neighbourOf },
];
