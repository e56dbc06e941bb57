/** `ip link` and `ip addr`, whole, brief or through grep. */
import type { OutputReader, PastedLink } from './output.ts';

const LINK = /^(\d+): ([^:@\s]+)(?:@([^:\s]+))?: <([^>]*)> mtu (\d+)(.*)$/;
const ETHER = /^\s+link\/\S+ ([\da-f]{2}(?::[\da-f]{2}){5})\b/i;
const ADDRESS = /^\s+inet6? (\S+)/;
/** The line of `ip -d` that names the kind. */
const KIND =
  /^\s{4}(vlan|bridge|bond|tun|veth|vxlan|geneve|dummy|vrf|openvswitch|macvlan|gre|gretap)\b(?:.*?\bid (\d+))?/;
const LONE = /^\s*inet6? (\S+).*?\s(\S+)\s*$/;

const STATES = 'UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT|NOTPRESENT|TESTING';
const BRIEF = new RegExp(`^([^@\\s]+)(?:@(\\S+))?\\s+(${STATES})\\b\\s*(.*)$`);
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;

type Draft = Omit<PastedLink, 'mac' | 'addresses' | 'kind' | 'vlan'> & {
  mac: string | null;
  addresses: string[];
  kind: string | null;
  vlan: number | null;
};

/** `ip -br link` and `ip -br addr`: a link a line. */
function briefLinks(lines: readonly string[]): Draft[] {
  const found = lines.map((line) => BRIEF.exec(line.trim()));
  if (lines.some((line, at) => line.trim() !== '' && !found[at])) return [];
  return found.flatMap((row, at) => {
    if (!row) return [];
    const [, name = '', lower, state = '', rest = ''] = row;
    const [first = '', flags = ''] = rest.split(/\s+/);
    return [
      {
        index: at + 1,
        name,
        lower: lower === undefined || lower === 'NONE' ? null : lower,
        up: MAC.test(first) ? /[<,]UP[,>]/.test(flags) : state !== 'DOWN',
        mtu: name === 'lo' ? 65_536 : 1500,
        master: null,
        kind: null,
        vlan: null,
        mac: MAC.test(first) ? first.toLowerCase() : null,
        addresses: MAC.test(first) ? [] : rest.split(/\s+/).filter((word) => word.includes('/')),
      },
    ];
  });
}

export const readLinks: OutputReader = ({ host, lines }) => {
  const links: Draft[] = [];
  for (const line of lines) {
    const [, index, name = '', lower, flags = '', mtu, rest = ''] = LINK.exec(line.trimEnd()) ?? [];
    if (index !== undefined) {
      links.push({
        index: Number(index),
        name,
        lower: lower === undefined || lower === 'NONE' ? null : lower,
        up: flags.split(',').includes('UP'),
        mtu: Number(mtu),
        master: / master (\S+)/.exec(rest)?.[1] ?? null,
        kind: null,
        vlan: null,
        mac: null,
        addresses: [],
      });
      continue;
    }
    const current = links.at(-1);
    if (!current) continue;
    current.mac = ETHER.exec(line)?.[1]?.toLowerCase() ?? current.mac;
    const [, kind, vlan] = KIND.exec(line) ?? [];
    if (kind !== undefined && current.kind === null) {
      current.kind = kind;
      current.vlan = kind === 'vlan' && vlan !== undefined ? Number(vlan) : null;
    }
    const address = ADDRESS.exec(line)?.[1];
    if (address !== undefined) current.addresses.push(address);
  }
  if (links.length === 0) links.push(...briefLinks(lines));
  if (links.length > 0) return [{ kind: 'links', host, links }];
  // Lines of addresses alone end with the name of their device.
  const lone = lines.flatMap((line) => {
    const [, address = '', name = ''] = LONE.exec(line) ?? [];
    return address === '' ? [] : [{ address, name }];
  });
  return lone.length === 0
    ? undefined
    : lone.map(({ address, name }) => ({ kind: 'addresses' as const, host, name, address }));
};
