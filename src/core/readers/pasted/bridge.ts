/** iproute2's `bridge`: `link`, `vlan` and `fdb`. */
import type { OutputReader, PastedLink, PastedPortVlan } from './output.ts';

const LINK = /^(\d+): ([^:@\s]+)(?:@([^:\s]+))?:? .*?<([^>]*)> mtu (\d+) master (\S+) state \w+/;

export const readBridgeLinks: OutputReader = ({ host, lines }) => {
  const links = lines.flatMap((line): PastedLink[] => {
    const [, index, name = '', lower, flags = '', mtu, master = ''] = LINK.exec(line.trim()) ?? [];
    if (index === undefined) return [];
    return [
      {
        index: Number(index),
        name,
        lower: lower === undefined || lower === 'NONE' ? null : lower,
        up: flags.split(',').includes('UP'),
        mtu: Number(mtu),
        master,
        kind: null,
        vlan: null,
        mac: null,
        addresses: [],
      },
    ];
  });
  if (links.length === 0) return undefined;
  return [{ kind: 'links', host, links }];
};

const VLANS = /^port\s+(?:vlan-id|vlan ids?)\s*$/;
const VLAN = /^(\d+)(?:-(\d+))?((?:\s+PVID|\s+Egress Untagged|\s+untagged)*)\s*$/i;

function vlanOf(text: string): PastedPortVlan | undefined {
  const [, id, last, flags = ''] = VLAN.exec(text.trim()) ?? [];
  if (id === undefined) return undefined;
  return {
    id: Number(id),
    last: Number(last ?? id),
    pvid: /pvid/i.test(flags),
    untagged: /untagged/i.test(flags),
  };
}

export const readBridgeVlans: OutputReader = ({ host, lines }, problem) => {
  const start = lines.findIndex((line) => VLANS.test(line.trim()));
  if (start < 0) return undefined;
  const ports: { name: string; vlans: PastedPortVlan[] }[] = [];
  lines.slice(start + 1).forEach((line, index) => {
    if (line.trim() === '') return;
    const [, name, rest = ''] = /^(\S*)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && name !== '') ports.push({ name, vlans: [] });
    const vlan = vlanOf(rest);
    if (vlan) ports.at(-1)?.vlans.push(vlan);
    else if (!/^None$/.test(rest))
      problem(start + 1 + index, `this is no row of bridge vlan: ${line.trim()}`);
  });
  return [{ kind: 'port-vlans', host, ports }];
};

const FDB = /^([\da-f]{2}(?::[\da-f]{2}){5}) dev (\S+)(?:.* master (\S+))?/i;

export const readBridgeFdb: OutputReader = ({ host, lines }) => {
  const rows = lines.filter((line) => FDB.test(line.trim()));
  if (rows.length === 0) return undefined;
  const macs = rows.flatMap((line) => {
    const [, mac = ''] = FDB.exec(line.trim()) ?? [];
    return [{ port: 0, mac: mac.toLowerCase(), isLocal: /\bpermanent\b|\bself\b/.test(line) }];
  });
  return [{ kind: 'bridge-macs', host, bridge: null, macs }];
};
