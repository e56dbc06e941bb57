/** Tables 68 and 70: a backend that reaches itself through its own VIP, recognised and translated so that the answer comes back. */
import type { Uuid } from '../../base/uuid.ts';
import { uuidWord } from '../../base/uuid.ts';
import { FIELDS, registerField, wholeField, type Field } from '../../flow/index.ts';
import { DEFAULT_PRIORITY, type LearnSpec, type OfpAct } from '../../ofproto/index.ts';
import type { SbRow } from '../../ovsdb/index.ts';
import { parseEndpoint, readVips, type Endpoint, type LoadBalancerVip } from './load-balancer-vip.ts';
import { OFTABLE } from '../actions/oftable.table.ts';
import { REGISTER } from './logical-registers.table.ts';
import { loadRegister, matchDatapath, matchOf } from './physical/flow-builder.ts';
import type { PhysicalContext } from './physical/physical-context.ts';

type Term = readonly [Field, number | bigint, (number | bigint)?];

/** Bit 7 of the flags. */
const HAIRPIN_BIT = 7;
/** ct_mark.natted: the packet was load balanced. */
const NATTED = 2;
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', 6],
  ['udp', 17],
  ['sctp', 132],
]);
const PORTS: ReadonlyMap<number, { readonly source: Field; readonly destination: Field }> = new Map([
  [6, { source: FIELDS.tcp_src, destination: FIELDS.tcp_dst }],
  [17, { source: FIELDS.udp_src, destination: FIELDS.udp_dst }],
  [132, { source: FIELDS.sctp_src, destination: FIELDS.sctp_dst }],
]);

interface LocalBalancer {
  readonly row: SbRow<'Load_Balancer'>;
  readonly protocol: number;
  readonly vips: readonly LoadBalancerVip[];
  /** `hairpin_snat_ip` by family. */
  readonly snat: { readonly 4: bigint | null; readonly 6: bigint | null };
  readonly datapaths: readonly Uuid[];
}

const ethertype = (family: 4 | 6): Term => [FIELDS.eth_type, family === 4 ? 0x800 : 0x86dd];
/** Where the pipeline keeps the VIP and its port. */
const savedVip = ({ family, address }: Endpoint): Term => [
  family === 4 ? registerField(4) : FIELDS.xxreg1,
  address,
];
const savedPort = (port: number): Term => [registerField(2), port, 0xffff];

const fromField = (destination: Field, source: Field): LearnSpec => ({
  kind: 'match',
  source: { kind: 'field', subfield: wholeField(source) },
  destination: wholeField(destination),
});
const fromValue = (destination: Field, value: bigint): LearnSpec => ({
  kind: 'match',
  source: { kind: 'immediate', value },
  destination: wholeField(destination),
});

/** Learns the flow by which the answers of this connection are known (table 69). */
function learnReply(balancer: LocalBalancer, family: 4 | 6, vip: bigint, withPort: boolean): OfpAct {
  const addresses =
    family === 4
      ? { source: FIELDS.ip_src, destination: FIELDS.ip_dst }
      : { source: FIELDS.ipv6_src, destination: FIELDS.ipv6_dst };
  const ports = PORTS.get(balancer.protocol);
  const transport: LearnSpec[] =
    withPort && ports
      ? [fromValue(FIELDS.nw_proto, BigInt(balancer.protocol)), fromField(ports.source, ports.destination)]
      : [fromField(FIELDS.nw_proto, FIELDS.nw_proto)];
  return {
    kind: 'learn',
    table: OFTABLE.chkLbHairpinReply,
    idleTimeout: 0,
    hardTimeout: 0,
    priority: DEFAULT_PRIORITY,
    cookie: BigInt(uuidWord(balancer.row._uuid)),
    finIdleTimeout: 0,
    finHardTimeout: 0,
    sendFlowRemoved: false,
    deleteLearned: true,
    limit: 0,
    result: null,
    specs: [
      fromField(FIELDS.metadata, FIELDS.metadata),
      fromValue(FIELDS.eth_type, family === 4 ? 0x800n : 0x86ddn),
      fromField(addresses.source, addresses.source),
      fromValue(addresses.destination, vip),
      ...transport,
      {
        kind: 'load',
        source: { kind: 'immediate', value: 1n },
        destination: { field: registerField(REGISTER.flags), offset: HAIRPIN_BIT, length: 1 },
      },
    ],
  };
}

/** Table 68: source and destination are the same backend, reached through the VIP. */
function addBackend(
  context: PhysicalContext,
  balancer: LocalBalancer,
  vip: Endpoint,
  backend: Endpoint,
): void {
  const { family } = vip;
  const fields = family === 4 ? [FIELDS.ip_src, FIELDS.ip_dst] : [FIELDS.ipv6_src, FIELDS.ipv6_dst];
  const ports = PORTS.get(balancer.protocol);
  const terms: Term[] = [
    ethertype(family),
    ...fields.map((field): Term => [field, backend.address]),
    savedVip(vip),
    [FIELDS.ct_mark, NATTED, NATTED],
  ];
  if (backend.port !== 0 && ports)
    terms.push([FIELDS.nw_proto, balancer.protocol], [ports.destination, backend.port], savedPort(vip.port));
  const learn = learnReply(balancer, family, balancer.snat[family] ?? vip.address, backend.port !== 0);
  const acts = [loadRegister(REGISTER.flags, 1, HAIRPIN_BIT, 1), learn];
  context.sink.add(OFTABLE.chkLbHairpin, 100, matchOf(...terms), acts, balancer.row._uuid);
}

/** Table 70: the source becomes the VIP, or `hairpin_snat_ip` on the datapaths of this load balancer alone. */
function addTranslation(context: PhysicalContext, balancer: LocalBalancer, vip: Endpoint): void {
  const { family } = vip;
  const own = balancer.snat[family];
  const address = own ?? vip.address;
  const translate: OfpAct = {
    kind: 'ct',
    commit: true,
    force: false,
    zone: { field: registerField(REGISTER.snatZone), offset: 0, length: 16 },
    table: null,
    alg: 0,
    nat: {
      kind: 'nat',
      direction: 'src',
      addresses: { family, minAddress: address, maxAddress: address },
      minPort: 0,
      maxPort: 0,
      persistent: false,
      hash: false,
      random: false,
    },
    exec: [],
  };
  const terms: Term[] = [ethertype(family), savedVip(vip)];
  if (vip.port !== 0) terms.push([FIELDS.nw_proto, balancer.protocol], savedPort(vip.port));
  const less = vip.port === 0 ? 10 : 0;
  const add = (priority: number, ...more: Term[]): void =>
    context.sink.add(
      OFTABLE.ctSnatHairpin,
      priority - less,
      matchOf(...terms, ...more),
      [translate],
      balancer.row._uuid,
    );
  if (own === null) {
    add(100);
    return;
  }
  for (const uuid of balancer.datapaths) {
    const local = context.datapaths.get(uuid);
    if (local) add(200, matchDatapath(local.datapath.tunnel_key));
  }
}

function hairpinSnat(options: ReadonlyMap<string, string>): LocalBalancer['snat'] {
  const addresses = (options.get('hairpin_snat_ip') ?? '')
    .split(/[ ,]+/)
    .flatMap((text) => parseEndpoint(text) ?? []);
  const first = (family: 4 | 6): bigint | null =>
    addresses.find((one) => one.family === family)?.address ?? null;
  return { 4: first(4), 6: first(6) };
}

/** A load balancer that is on a local datapath; undefined for others. */
function localBalancer(
  context: PhysicalContext,
  row: SbRow<'Load_Balancer'>,
  expand: (text: string) => string,
): LocalBalancer | undefined {
  const group = (uuid: Uuid | null): readonly Uuid[] =>
    uuid === null ? [] : (context.sb.get('Logical_DP_Group', uuid)?.datapaths ?? []);
  const switches = [...row.datapaths, ...group(row.datapath_group), ...group(row.ls_datapath_group)];
  const all = [...switches, ...group(row.lr_datapath_group)];
  if (!all.some((uuid) => context.datapaths.has(uuid))) return undefined;
  return {
    row,
    protocol: PROTOCOLS.get(row.protocol ?? 'tcp') ?? 6,
    vips: readVips(row.vips, expand),
    snat: hairpinSnat(row.options),
    datapaths: [...new Set(switches)],
  };
}

/** `expand` puts template values into a text. */
export function addHairpinFlows(
  context: PhysicalContext,
  row: SbRow<'Load_Balancer'>,
  expand: (text: string) => string,
): void {
  const balancer = localBalancer(context, row, expand);
  for (const { vip, backends } of balancer?.vips ?? []) {
    if (!balancer) return;
    for (const backend of backends) addBackend(context, balancer, vip, backend);
    addTranslation(context, balancer, vip);
  }
}
