/** NetworkManager's `nmcli`: bare, `device show`, `device status`. */
import type { OutputReader, PastedLink } from './output.ts';

type Draft = { -readonly [Key in keyof PastedLink]: PastedLink[Key] } & { addresses: string[] };

const draft = (name: string, up: boolean, index: number): Draft => ({
  index,
  name,
  lower: null,
  up,
  mtu: name === 'lo' ? 65_536 : 1500,
  master: null,
  kind: null,
  vlan: null,
  mac: null,
  addresses: [],
});

const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;
const BARE = /^(\S+): (connected|connecting|disconnected|unavailable|unmanaged|unknown)\b/;
/** Types of NetworkManager's that are kinds of the kernel's. */
const KINDS: ReadonlySet<string> = new Set(['vlan', 'bridge', 'bond', 'dummy', 'vxlan', 'vrf', 'tun']);
const STATUS = /^DEVICE\s+TYPE\s+STATE\s+CONNECTION\s*$/;

/** A device a paragraph, its facts below it. */
function bareLinks(lines: readonly string[]): Draft[] {
  const links: Draft[] = [];
  for (const line of lines) {
    const [, name, state] = BARE.exec(line) ?? [];
    const current = links.at(-1);
    if (name !== undefined) {
      links.push(draft(name, state === 'connected' || state === 'connecting', links.length + 1));
      continue;
    }
    if (!current) continue;
    const text = line.trim();
    const words = text.split(/,\s*/);
    const mac = words.find((word) => MAC.test(word));
    if (mac !== undefined) {
      current.mac = mac.toLowerCase();
      current.kind = KINDS.has(words[0] ?? '') ? (words[0] ?? null) : null;
      current.master = words.find((word) => word.startsWith('master '))?.slice('master '.length) ?? null;
      current.mtu = Number(/\bmtu (\d+)/.exec(text)?.[1] ?? current.mtu);
    }
    const address = /^inet[46] (\S+\/\d+)$/.exec(text)?.[1];
    if (address !== undefined) current.addresses.push(address);
  }
  return links;
}

/** `GENERAL.DEVICE: ens3` and the lines that follow. */
function shownLinks(lines: readonly string[]): Draft[] {
  const links: Draft[] = [];
  for (const line of lines) {
    const [, key = '', value = ''] = /^([\w.-]+(?:\[\d+\])?):\s*(.*?)\s*$/.exec(line) ?? [];
    const current = links.at(-1);
    if (key === 'GENERAL.DEVICE') links.push(draft(value, false, links.length + 1));
    else if (!current) continue;
    else if (key === 'GENERAL.TYPE') current.kind = KINDS.has(value) ? value : null;
    else if (key === 'GENERAL.HWADDR') current.mac = MAC.test(value) ? value.toLowerCase() : null;
    else if (key === 'GENERAL.MTU') current.mtu = Number(value) || current.mtu;
    else if (key === 'GENERAL.STATE') current.up = /^(?:[4-9]\d|1[01]\d)\b/.test(value);
    else if (/^IP[46]\.ADDRESS\[\d+\]$/.test(key)) current.addresses.push(value);
  }
  return links;
}

export const readNetworkManager: OutputReader = ({ host, lines }) => {
  if (lines.some((line) => line.startsWith('GENERAL.DEVICE:')))
    return [{ kind: 'links', host, links: shownLinks(lines) }];
  if (lines.some((line) => BARE.test(line))) return [{ kind: 'links', host, links: bareLinks(lines) }];
  const start = lines.findIndex((line) => STATUS.test(line));
  if (start < 0) return undefined;
  const links = lines.slice(start + 1).flatMap((line, at): Draft[] => {
    const [name = '', type = '', state = ''] = line.trim().split(/\s{2,}/);
    if (name === '' || type === '' || type === 'wifi-p2p') return [];
    return [{ ...draft(name, state.startsWith('connected'), at + 1), kind: KINDS.has(type) ? type : null }];
  });
  return [{ kind: 'links', host, links }];
};
