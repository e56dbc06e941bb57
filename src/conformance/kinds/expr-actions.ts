/** What `ovstest test-ovn parse-actions` prints for one line: switch ingress table 10, its own ports and options. */
import type { Uuid } from '../../core/base/uuid.ts';
import {
  type EncodeParams,
  type IdAllocator,
  OFTABLE,
  PIPELINE_LENGTH,
  type ParseEnv,
  encodeActions,
  formatActions,
  optionTable,
  parseActions,
} from '../../core/ovn/actions/index.ts';
import {
  LOG_FIELDS,
  type PortNumber,
  type SymbolTable,
  expandTemplates,
  formatExpr,
} from '../../core/ovn/expr/index.ts';
import { FIELDS } from '../../core/flow/index.ts';
import { formatActions as formatActs } from '../../core/ofproto/actions/act-list.ts';

const DHCP_OPTIONS = optionTable([
  ['offerip', 0, 'ipv4'],
  ['netmask', 1, 'ipv4'],
  ['router', 3, 'ipv4'],
  ['dns_server', 6, 'ipv4'],
  ['log_server', 7, 'ipv4'],
  ['lpr_server', 9, 'ipv4'],
  ['hostname', 12, 'str'],
  ['domain_name', 15, 'str'],
  ['swap_server', 16, 'ipv4'],
  ['policy_filter', 21, 'ipv4'],
  ['router_solicitation', 32, 'ipv4'],
  ['nis_server', 41, 'ipv4'],
  ['ntp_server', 42, 'ipv4'],
  ['server_id', 54, 'ipv4'],
  ['tftp_server', 66, 'host_id'],
  ['classless_static_route', 121, 'static_routes'],
  ['ip_forward_enable', 19, 'bool'],
  ['router_discovery', 31, 'bool'],
  ['ethernet_encap', 36, 'bool'],
  ['default_ttl', 23, 'uint8'],
  ['tcp_ttl', 37, 'uint8'],
  ['mtu', 26, 'uint16'],
  ['lease_time', 51, 'uint32'],
  ['wpad', 252, 'str'],
  ['bootfile_name', 67, 'str'],
  ['path_prefix', 210, 'str'],
  ['tftp_server_address', 150, 'ipv4'],
  ['arp_cache_timeout', 35, 'uint32'],
  ['tcp_keepalive_interval', 38, 'uint32'],
  ['domain_search_list', 119, 'domains'],
  ['bootfile_name_alt', 254, 'str'],
  ['broadcast_address', 28, 'ipv4'],
  ['netbios_name_server', 44, 'ipv4'],
  ['netbios_node_type', 46, 'uint8'],
  ['next_server', 253, 'ipv4'],
]);

const DHCPV6_OPTIONS = optionTable([
  ['server_id', 2, 'mac'],
  ['ia_addr', 5, 'ipv6'],
  ['dns_server', 23, 'ipv6'],
  ['domain_search', 24, 'str'],
  ['bootfile_name', 59, 'str'],
  ['bootfile_name_alt', 254, 'str'],
  ['fqdn', 39, 'domain'],
]);

const ENV: ParseEnv = {
  pipeline: 'ingress',
  tableCount: PIPELINE_LENGTH.ingress,
  table: 10,
  dhcpOptions: DHCP_OPTIONS,
  dhcpv6Options: DHCPV6_OPTIONS,
};

/** Numbers from 1 on, the same for the same description. */
class Numbers implements IdAllocator {
  readonly ids = new Map<string, number>();

  assign(description: string): number {
    const id = this.ids.get(description) ?? this.ids.size + 1;
    this.ids.set(description, id);
    return id;
  }
}

function encodeParams(portNumber: PortNumber, groups: IdAllocator): EncodeParams {
  return {
    portNumber,
    isLocalPort: (name) => portNumber(name) !== undefined,
    tunnelPort: portNumber,
    isSwitch: true,
    groups,
    meters: new Numbers(),
    hasCollectorSet: (id) => id === 0 || id === 200,
    lflow: 'aaaaaaaa-bbbb-bbbb-cccc-ccccdddddddd' as Uuid,
    datapathKey: 0xabcdef,
    requestsPause: true,
    neighbourRegister6: FIELDS.xxreg1,
    explicitArpNsOutput: true,
    registerConsolidation: true,
    pipeline: 'ingress',
    firstTables: OFTABLE,
    outputTable: OFTABLE.saveInport,
    controllerMeter: 0,
    commonNatZone: LOG_FIELDS.dnatZone,
    features: { meters: false, zeroSnat: false, hashL4Symmetric: false },
  };
}

/** Groups are listed when the acts are part of the text `group:N`, as the program's own search has it. */
function groupLines(groups: Numbers, acts: string): string[] {
  return [...groups.ids]
    .filter(([, id]) => `group:${id}`.includes(acts) && acts !== '')
    .map(([name, id]) => `    uses group: id(${id}), name(${name})`);
}

/** Whether the standard form reads back to itself. */
function reparseLines(text: string, symbols: SymbolTable): string[] {
  const again = parseActions(text, symbols, ENV);
  if (!again.ok) return [`    reparse error: ${again.error}`];
  const formatted = formatActions(again.value.actions);
  return formatted === text ? [] : [`    bad reformat: ${formatted}`];
}

export function parseActionsText(
  input: string,
  symbols: SymbolTable,
  portNumber: PortNumber,
): { output: string; error: string | null } {
  const expanded = expandTemplates(input, () => undefined);
  if (expanded === undefined) return { output: `    failed to parse ${input}`, error: null };
  const parsed = parseActions(expanded, symbols, ENV);
  if (!parsed.ok) return { output: `    ${parsed.error}`, error: parsed.error };
  const { actions, prerequisites } = parsed.value;
  const text = formatActions(actions);
  const groups = new Numbers();
  const acts = formatActs(encodeActions(actions, encodeParams(portNumber, groups)));
  const lines = [
    ...(text === input ? [] : [`    formats as ${text}`]),
    `    encodes as ${acts}`,
    ...groupLines(groups, acts),
    ...(prerequisites === undefined ? [] : [`    has prereqs ${formatExpr(prerequisites)}`]),
    ...reparseLines(text, symbols),
  ];
  return { output: lines.join('\n'), error: null };
}
