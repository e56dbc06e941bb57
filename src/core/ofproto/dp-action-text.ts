/** Datapath actions as text, as `Datapath actions:` and `dpctl/dump-flows` print them. */
import { formatIpv4, formatIpv6, formatMac } from '../base/address.ts';
import { toBigInt } from '../base/bytes.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { getField, getFieldNumber, readBits, type Flow } from '../flow/flow.ts';
import { TUNNEL_FLAGS, formatFlags } from '../flow/flag-text.ts';
import { formatHex } from '../flow/field-text.ts';
import { quoteName } from '../flow/ofport-text.ts';
import { word } from '../flow/packet-kind.ts';
import { tlvField, type TlvMap } from '../flow/tlv-map.ts';
import { WORD } from '../flow/words.table.ts';
import type { NatAct } from './actions/ofpact.ts';
import type { ControllerUpcall, CtDpAction, DpAction, SampleUpcall, SetKey, SetPart } from './dp-action.ts';
import { KEY_PARTS, NSH_PARTS, formatKeyMask, formatKeyValue, type KeyPart } from './dp-key.table.ts';

export interface DpTextOptions {
  /** Names of datapath ports, for `--names`. */
  readonly portName?: ((port: number) => string | undefined) | undefined;
}

function portText(port: number, options: DpTextOptions): string {
  const name = options.portName?.(port);
  return name === undefined ? String(port) : quoteName(name);
}

/** Numbers of packet-in reasons, as they stand in user-space actions. */
const REASON_NUMBERS: Readonly<Record<ControllerUpcall['reason'], number>> = {
  no_match: 0,
  action: 1,
  invalid_ttl: 2,
  action_set: 3,
  group: 4,
  packet_out: 5,
  explicit_miss: 6,
  implicit_miss: 7,
};

function formatUpcall(upcall: ControllerUpcall | SampleUpcall, options: DpTextOptions): string {
  if (upcall.kind === 'controller')
    return (
      `controller(reason=${REASON_NUMBERS[upcall.reason]},dont_send=${upcall.dontSend ? 1 : 0}` +
      `,continuation=${upcall.continuation ? 1 : 0},recirc_id=${upcall.recircId}` +
      `,rule_cookie=${formatHex(upcall.ruleCookie)},controller_id=${upcall.controllerId},max_len=${upcall.maxLen})`
    );
  const direction = upcall.direction === 'default' ? '' : `,${upcall.direction}`;
  return (
    `flow_sample(probability=${upcall.probability},collector_set_id=${upcall.collectorSet}` +
    `,obs_domain_id=${upcall.observationDomain},obs_point_id=${upcall.observationPoint}` +
    `,output_port=${portText(upcall.outputPort, options)}${direction})`
  );
}

function formatNat(nat: NatAct): string {
  if (nat.direction === null) return 'nat';
  let text = `nat(${nat.direction}`;
  const { addresses, minPort, maxPort } = nat;
  if (addresses) {
    const address = (value: bigint): string => {
      if (addresses.family === 4) return formatIpv4(Number(value));
      return minPort === 0 ? formatIpv6(value) : `[${formatIpv6(value)}]`;
    };
    text += `=${address(addresses.minAddress)}`;
    if (addresses.maxAddress > addresses.minAddress) text += `-${address(addresses.maxAddress)}`;
    if (minPort !== 0) text += `:${minPort}${maxPort > minPort ? `-${maxPort}` : ''}`;
  }
  if (nat.persistent) text += ',persistent';
  if (nat.hash) text += ',hash';
  if (nat.random) text += ',random';
  return `${text})`;
}

const MAX128 = (1n << 128n) - 1n;

function formatCt(ct: CtDpAction): string {
  const parts: string[] = [];
  if (ct.commit) parts.push(ct.force ? 'force_commit' : 'commit');
  if (ct.zone !== 0) parts.push(`zone=${ct.zone}`);
  if (ct.mark) parts.push(`mark=${formatHex(ct.mark.value)}/${formatHex(ct.mark.mask)}`);
  if (ct.label)
    parts.push(
      `label=${formatHex(ct.label.value)}${ct.label.mask === MAX128 ? '' : `/${formatHex(ct.label.mask)}`}`,
    );
  if (ct.helper !== null) parts.push(`helper=${ct.helper}`);
  if (ct.timeout !== null) parts.push(`timeout=${ct.timeout}`);
  if (ct.nat) parts.push(formatNat(ct.nat));
  return parts.length === 0 ? 'ct' : `ct(${parts.join(',')})`;
}

const partsOf = (key: SetKey): readonly KeyPart[] =>
  key === 'nsh' ? NSH_PARTS : key === 'mpls' ? [] : KEY_PARTS[key];

function formatPart(part: SetPart, known: readonly KeyPart[]): string {
  const format = known.find((row) => row.name === part.name)?.format ?? 'hexadecimal';
  const whole = part.mask === (1n << BigInt(part.field.bits)) - 1n;
  const value = formatKeyValue(format, part.value);
  const name = part.name === '' ? '' : `${part.name}=`;
  return `${name}${value}${whole ? '' : `/${formatKeyMask(format, part.mask)}`}`;
}

function formatSet(key: SetKey, parts: readonly SetPart[]): string {
  if (key === 'mpls') return `set(mpls(${formatMplsLabel(Number(parts[0]?.value ?? 0n))}))`;
  const known = partsOf(key);
  const written = parts.filter((part) => part.mask !== 0n);
  return `set(${key}(${written.map((part) => formatPart(part, known)).join(',')}))`;
}

const formatMplsLabel = (label: number): string =>
  `label=${label >>> 12},tc=${(label >>> 9) & 7},ttl=${label & 0xff},bos=${(label >>> 8) & 1}`;

function formatGeneveOptions(tunnel: Flow, tlv: TlvMap): string {
  let text = '';
  for (const entry of tlv.entries) {
    const present = (word(tunnel, WORD.tunPresent + (entry.index >>> 5)) >>> (entry.index & 31)) & 1;
    const field = tlvField(tlv, entry.index);
    if (present === 0 || !field) continue;
    const value = readBits(tunnel, field.word, field.words, field.shift, field.width);
    text += `{class=${formatHex(entry.optionClass)},type=${formatHex(entry.type)},len=${entry.length},${formatHex(value)}}`;
  }
  return text;
}

/** `tunnel(...)`: what an output to a tunnel port will carry. */
function formatTunnel(tunnel: Flow, type: string, tlv: TlvMap): string {
  const parts: string[] = [];
  const flags = word(tunnel, WORD.tunFlags) & 0xf;
  const id = getField(tunnel, FIELDS.tun_id);
  if (id !== 0n || (flags & 8) !== 0) parts.push(`tun_id=0x${id.toString(16)}`);
  const ipv4 = (name: string, value: number): void => {
    if (value !== 0) parts.push(`${name}=${formatIpv4(value)}`);
  };
  const ipv6 = (name: string, value: bigint): void => {
    if (value !== 0n) parts.push(`${name}=${formatIpv6(value)}`);
  };
  ipv4('src', word(tunnel, WORD.tunSrc));
  ipv4('dst', word(tunnel, WORD.tunDst));
  ipv6('ipv6_src', getField(tunnel, FIELDS.tun_ipv6_src));
  ipv6('ipv6_dst', getField(tunnel, FIELDS.tun_ipv6_dst));
  const tos = getFieldNumber(tunnel, FIELDS.tun_tos);
  if (tos !== 0) parts.push(`tos=${formatHex(tos)}`);
  parts.push(`ttl=${getFieldNumber(tunnel, FIELDS.tun_ttl)}`);
  const ports = word(tunnel, WORD.tunPorts);
  if (ports >>> 16 !== 0) parts.push(`tp_src=${ports >>> 16}`);
  if ((ports & 0xffff) !== 0) parts.push(`tp_dst=${ports & 0xffff}`);
  const gbpId = getFieldNumber(tunnel, FIELDS.tun_gbp_id);
  const gbpFlags = getFieldNumber(tunnel, FIELDS.tun_gbp_flags);
  if (type === 'vxlan' && (gbpId !== 0 || gbpFlags !== 0))
    parts.push(`vxlan(gbp(id=${gbpId},flags=${formatHex(gbpFlags)}))`);
  if (type === 'geneve') {
    const options = formatGeneveOptions(tunnel, tlv);
    if (options !== '') parts.push(`geneve(${options})`);
  }
  const version = getFieldNumber(tunnel, FIELDS.tun_erspan_ver);
  if ((type === 'erspan' || type === 'ip6erspan') && (version === 1 || version === 2)) {
    const rest =
      version === 1
        ? `idx=${formatHex(getFieldNumber(tunnel, FIELDS.tun_erspan_idx))}`
        : `dir=${getFieldNumber(tunnel, FIELDS.tun_erspan_dir)},hwid=${formatHex(getFieldNumber(tunnel, FIELDS.tun_erspan_hwid))}`;
    parts.push(`erspan(ver=${version},${rest})`);
  }
  parts.push(`flags(${formatFlags(flags, TUNNEL_FLAGS)})`);
  return `tunnel(${parts.join(',')})`;
}

function formatVlan(tpid: number, tci: number): string {
  const parts: string[] = [];
  if (tpid !== 0x8100) parts.push(`tpid=0x${tpid.toString(16).padStart(4, '0')}`);
  parts.push(`vid=${tci & 0xfff}`, `pcp=${(tci >>> 13) & 7}`);
  if ((tci & 0x1000) === 0) parts.push('cfi=0');
  return `push_vlan(${parts.join(',')})`;
}

function formatPushNsh(flow: Flow, metadata: Uint8Array): string {
  const number = (field: (typeof FIELDS)['nsh_flags']): number => getFieldNumber(flow, field);
  const mdtype = number(FIELDS.nsh_mdtype);
  const contexts =
    mdtype === 1
      ? [FIELDS.nsh_c1, FIELDS.nsh_c2, FIELDS.nsh_c3, FIELDS.nsh_c4]
          .map((field, i) => `,c${i + 1}=0x${number(field).toString(16)}`)
          .join('')
      : `,md2=${formatHex(toBigInt(metadata))}`;
  return (
    `push_nsh(flags=${number(FIELDS.nsh_flags)},ttl=${number(FIELDS.nsh_ttl)},mdtype=${mdtype}` +
    `,np=${number(FIELDS.nsh_np)},spi=0x${number(FIELDS.nsh_spi).toString(16)},si=${number(FIELDS.nsh_si)}${contexts})`
  );
}

export function formatDpAction(action: DpAction, options: DpTextOptions = {}): string {
  switch (action.kind) {
    case 'output':
      return portText(action.port, options);
    case 'trunc':
      return `trunc(${action.size})`;
    case 'set':
      return formatSet(action.key, action.parts);
    case 'set_tunnel':
      return `set(${formatTunnel(action.tunnel, action.type, action.tlv)})`;
    case 'push_vlan':
      return formatVlan(action.tpid, action.tci);
    case 'pop_vlan':
    case 'pop_eth':
    case 'ct_clear':
      return action.kind;
    case 'push_mpls':
    case 'add_mpls':
      return `${action.kind}(${formatMplsLabel(action.label)},eth_type=0x${action.ethType.toString(16)})`;
    case 'pop_mpls':
      return `pop_mpls(eth_type=0x${action.ethType.toString(16)})`;
    case 'push_eth':
      return `push_eth(src=${formatMac(action.source)},dst=${formatMac(action.destination)})`;
    case 'push_nsh':
      return formatPushNsh(action.flow, action.metadata);
    case 'pop_nsh':
      return 'pop_nsh()';
    case 'ct':
      return formatCt(action);
    case 'hash':
      return `hash(${action.algorithm}(${action.basis}))`;
    case 'recirc':
      return `recirc(${formatHex(action.id)})`;
    case 'lb_output':
      return `lb_output(${action.bond})`;
    case 'meter':
      return `meter(${action.meter})`;
    case 'userspace':
      return `userspace(pid=0,${formatUpcall(action.upcall, options)})`;
    case 'sample':
      return `sample(sample=${((100 * action.probability) / 0xffffffff).toFixed(1)}%,actions(${formatDpActions(action.actions, options)}))`;
    case 'clone':
      return `clone(${formatDpActions(action.actions, options)})`;
    case 'check_pkt_len':
      return `check_pkt_len(size=${action.size},gt(${formatDpActions(action.greater, options)}),le(${formatDpActions(action.lessEqual, options)}))`;
  }
}

/** A whole list; `drop` when it is empty. */
export const formatDpActions = (actions: readonly DpAction[], options: DpTextOptions = {}): string =>
  actions.length === 0 ? 'drop' : actions.map((action) => formatDpAction(action, options)).join(',');
