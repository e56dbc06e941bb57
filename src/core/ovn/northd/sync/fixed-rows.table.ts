/** Southbound rows that never change: DHCP options that ovn-controller can send, and what it is allowed to write. */

/** `name code type` of DHCP_Options. */
export const DHCP_OPTIONS: readonly (readonly [name: string, code: number, type: string])[] = [
  ['offerip', 0, 'ipv4'],
  ['netmask', 1, 'ipv4'],
  ['router', 3, 'ipv4'],
  ['dns_server', 6, 'ipv4'],
  ['log_server', 7, 'ipv4'],
  ['lpr_server', 9, 'ipv4'],
  ['hostname', 12, 'str'],
  ['domain_name', 15, 'str'],
  ['swap_server', 16, 'ipv4'],
  ['ip_forward_enable', 19, 'bool'],
  ['policy_filter', 21, 'ipv4'],
  ['default_ttl', 23, 'uint8'],
  ['mtu', 26, 'uint16'],
  ['broadcast_address', 28, 'ipv4'],
  ['router_discovery', 31, 'bool'],
  ['router_solicitation', 32, 'ipv4'],
  ['arp_cache_timeout', 35, 'uint32'],
  ['ethernet_encap', 36, 'bool'],
  ['tcp_ttl', 37, 'uint8'],
  ['tcp_keepalive_interval', 38, 'uint32'],
  ['nis_server', 41, 'ipv4'],
  ['ntp_server', 42, 'ipv4'],
  ['netbios_name_server', 44, 'ipv4'],
  ['netbios_node_type', 46, 'uint8'],
  ['lease_time', 51, 'uint32'],
  ['server_id', 54, 'ipv4'],
  ['T1', 58, 'uint32'],
  ['T2', 59, 'uint32'],
  ['tftp_server', 66, 'host_id'],
  ['bootfile_name', 67, 'str'],
  ['domain_search_list', 119, 'domains'],
  ['classless_static_route', 121, 'static_routes'],
  ['tftp_server_address', 150, 'ipv4'],
  ['path_prefix', 210, 'str'],
  ['ms_classless_static_route', 249, 'static_routes'],
  ['wpad', 252, 'str'],
  ['next_server', 253, 'ipv4'],
  ['bootfile_name_alt', 254, 'str'],
];

/** The same of DHCPv6_Options. */
export const DHCPV6_OPTIONS: readonly (readonly [name: string, code: number, type: string])[] = [
  ['server_id', 2, 'mac'],
  ['ia_addr', 5, 'ipv6'],
  ['dns_server', 23, 'ipv6'],
  ['domain_search', 24, 'str'],
  ['fqdn', 39, 'domain'],
  ['bootfile_name', 59, 'str'],
  ['bootfile_name_alt', 254, 'str'],
];

export interface Permission {
  readonly table: string;
  readonly authorization: string;
  readonly insertDelete: boolean;
  readonly update: readonly string[];
}

/** What the role `ovn-controller` may do. */
export const PERMISSIONS: readonly Permission[] = [
  {
    table: 'Chassis',
    authorization: 'name',
    insertDelete: true,
    update: ['encaps', 'external_ids', 'nb_cfg', 'other_config', 'transport_zones', 'vtep_logical_switches'],
  },
  {
    table: 'Chassis_Private',
    authorization: 'name',
    insertDelete: true,
    update: ['chassis', 'external_ids', 'nb_cfg', 'nb_cfg_timestamp'],
  },
  {
    table: 'Controller_Event',
    authorization: '',
    insertDelete: true,
    update: ['chassis', 'event_info', 'event_type', 'seq_num'],
  },
  { table: 'Encap', authorization: 'chassis_name', insertDelete: true, update: ['ip', 'options', 'type'] },
  { table: 'FDB', authorization: '', insertDelete: true, update: ['dp_key', 'mac', 'port_key', 'timestamp'] },
  {
    table: 'Port_Binding',
    authorization: '',
    insertDelete: false,
    update: ['additional_chassis', 'additional_encap', 'chassis', 'encap', 'options', 'up', 'virtual_parent'],
  },
  {
    table: 'MAC_Binding',
    authorization: '',
    insertDelete: true,
    update: ['datapath', 'ip', 'logical_port', 'mac', 'timestamp'],
  },
  { table: 'Service_Monitor', authorization: 'chassis_name', insertDelete: false, update: ['status'] },
  {
    table: 'IGMP_Group',
    authorization: 'chassis_name',
    insertDelete: true,
    update: ['address', 'chassis', 'datapath', 'ports', 'protocol'],
  },
  { table: 'BFD', authorization: 'chassis_name', insertDelete: false, update: ['status'] },
  {
    table: 'Learned_Route',
    authorization: '',
    insertDelete: true,
    update: ['datapath', 'external_ids', 'ip_prefix', 'logical_port', 'nexthop'],
  },
];
