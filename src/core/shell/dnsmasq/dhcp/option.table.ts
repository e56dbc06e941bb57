/** DHCP options by the names that dnsmasq has for them, and how their values are written (`dnsmasq --help dhcp`). */

/** `internal`: dnsmasq sets it by itself, so that `--dhcp-option` does not take its name. */
interface DhcpOptionKind {
  readonly code: number;
  readonly name: string;
  readonly form: 'addresses' | 'name' | 'domains' | 'number' | 'time' | 'octets';
  /** Octets of a number, where that is fixed. */
  readonly size: number;
  readonly internal: boolean;
}

type Row = readonly [code: number, name: string, form: DhcpOptionKind['form'], size?: number];

const GIVEN: readonly Row[] = [
  [1, 'netmask', 'addresses'],
  [2, 'time-offset', 'octets', 4],
  [3, 'router', 'addresses'],
  [6, 'dns-server', 'addresses'],
  [7, 'log-server', 'addresses'],
  [9, 'lpr-server', 'addresses'],
  [13, 'boot-file-size', 'number', 2],
  [15, 'domain-name', 'name'],
  [16, 'swap-server', 'addresses'],
  [17, 'root-path', 'name'],
  [18, 'extension-path', 'name'],
  [19, 'ip-forward-enable', 'octets', 1],
  [20, 'non-local-source-routing', 'octets', 1],
  [21, 'policy-filter', 'addresses'],
  [22, 'max-datagram-reassembly', 'number', 2],
  [23, 'default-ttl', 'number', 1],
  [26, 'mtu', 'number', 2],
  [27, 'all-subnets-local', 'octets', 1],
  [31, 'router-discovery', 'octets', 1],
  [32, 'router-solicitation', 'addresses'],
  [33, 'static-route', 'addresses'],
  [34, 'trailer-encapsulation', 'octets', 1],
  [35, 'arp-timeout', 'number', 4],
  [36, 'ethernet-encap', 'octets', 1],
  [37, 'tcp-ttl', 'octets', 1],
  [38, 'tcp-keepalive', 'number', 4],
  [40, 'nis-domain', 'name'],
  [41, 'nis-server', 'addresses'],
  [42, 'ntp-server', 'addresses'],
  [44, 'netbios-ns', 'addresses'],
  [45, 'netbios-dd', 'addresses'],
  [46, 'netbios-nodetype', 'octets', 1],
  [47, 'netbios-scope', 'octets'],
  [48, 'x-windows-fs', 'addresses'],
  [49, 'x-windows-dm', 'addresses'],
  [58, 'T1', 'time'],
  [59, 'T2', 'time'],
  [60, 'vendor-class', 'octets'],
  [64, 'nis+-domain', 'name'],
  [65, 'nis+-server', 'addresses'],
  [66, 'tftp-server', 'name'],
  [67, 'bootfile-name', 'name'],
  [68, 'mobile-ip-home', 'addresses'],
  [69, 'smtp-server', 'addresses'],
  [70, 'pop3-server', 'addresses'],
  [71, 'nntp-server', 'addresses'],
  [74, 'irc-server', 'addresses'],
  [77, 'user-class', 'octets'],
  [80, 'rapid-commit', 'octets'],
  [91, 'last-transaction', 'time'],
  [92, 'associated-ip', 'addresses'],
  [93, 'client-arch', 'number', 2],
  [94, 'client-interface-id', 'octets'],
  [97, 'client-machine-id', 'octets'],
  [100, 'posix-timezone', 'name'],
  [101, 'tzdb-timezone', 'name'],
  [108, 'ipv6-only', 'number', 4],
  [114, 'captive-portal', 'name'],
  [119, 'domain-search', 'domains'],
  [120, 'sip-server', 'octets'],
  [121, 'classless-static-route', 'octets'],
  [125, 'vendor-id-encap', 'octets'],
  [150, 'tftp-server-address', 'addresses'],
  [255, 'server-ip-address', 'addresses'],
];

const INTERNAL: readonly Row[] = [
  [12, 'hostname', 'name'],
  [28, 'broadcast', 'addresses'],
  [43, 'vendor-encap', 'octets'],
  [50, 'requested-address', 'addresses'],
  [51, 'lease-time', 'time'],
  [52, 'option-overload', 'octets'],
  [53, 'message-type', 'number'],
  [54, 'server-identifier', 'addresses'],
  [55, 'parameter-request', 'octets'],
  [56, 'message', 'octets'],
  [57, 'max-message-size', 'octets'],
  [61, 'client-id', 'octets'],
  [81, 'FQDN', 'octets'],
  [82, 'agent-info', 'octets'],
  [118, 'subnet-select', 'octets'],
];

const kindOf =
  (internal: boolean) =>
  ([code, name, form, size = 0]: Row): DhcpOptionKind => ({ code, name, form, size, internal });

const KINDS: ReadonlyMap<number, DhcpOptionKind> = new Map(
  [...GIVEN.map(kindOf(false)), ...INTERNAL.map(kindOf(true))].map((kind) => [kind.code, kind]),
);

/** What is known of an option by its number. */
export const optionKind = (code: number): DhcpOptionKind | undefined => KINDS.get(code);

/** What is known of an option by its name, in any case. */
export function optionNamed(name: string): DhcpOptionKind | undefined {
  const wanted = name.toLowerCase();
  return [...KINDS.values()].find((kind) => kind.name.toLowerCase() === wanted);
}
