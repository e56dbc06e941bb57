/** What can be sent, and how: by a program of the machine, or as a frame put on a device. */
import type { FrameFields } from '../../engine/protocol.ts';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';

export type PacketKind =
  | 'ping'
  | 'arp'
  | 'traceroute'
  | 'http'
  | 'dhcp'
  | 'udp-frame'
  | 'tcp-frame'
  | 'icmp-frame'
  | 'arp-frame'
  | 'dhcp-frame'
  | 'octets'
  | 'microflow';

export interface PacketOptions {
  readonly count: string;
  readonly size: string;
  readonly ttl: string;
  readonly port: string;
  readonly data: string;
  readonly vlan: string;
}

export const START_OPTIONS: PacketOptions = { count: '1', size: '', ttl: '', port: '80', data: '', vlan: '' };

interface CommandKind {
  readonly way: 'command';
  /** The program that sends it: not offered where the machines do not have it. */
  readonly program: string;
  readonly options: readonly (keyof PacketOptions)[];
  /** It begins at a device, which needs no address yet, and asks whoever hears it. */
  readonly asksAll?: true;
  readonly command: (device: string, destination: string, options: PacketOptions) => string;
}

interface FrameKind {
  readonly way: 'frame';
  readonly protocol: FrameFields['protocol'];
  readonly options: readonly (keyof PacketOptions)[];
}

interface PlainKind {
  readonly way: 'octets' | 'microflow';
}

export type KindEntry = (CommandKind | FrameKind | PlainKind) & {
  readonly kind: PacketKind;
  readonly text: string;
  readonly group: string;
  readonly glyph: GlyphName;
  readonly verb: string;
};

const flag = (letter: string, value: string): string =>
  value.trim() === '' ? '' : ` ${letter} ${value.trim()}`;

const PACKET_KINDS: readonly KindEntry[] = [
  {
    kind: 'ping',
    text: 'Ping',
    group: 'By a program',
    glyph: 'ping',
    verb: 'Ping',
    way: 'command',
    program: 'ping',
    options: ['count', 'size', 'ttl'],
    command: (_device, destination, { count, size, ttl }) =>
      `ping ${destination} -c ${count.trim()}${flag('-s', size)}${flag('-t', ttl)}`,
  },
  {
    kind: 'arp',
    text: 'ARP request (arping)',
    group: 'By a program',
    glyph: 'question',
    verb: 'Ask',
    way: 'command',
    program: 'arping',
    options: ['count'],
    command: (device, destination, { count }) => `arping -I ${device} -c ${count.trim()} ${destination}`,
  },
  {
    kind: 'traceroute',
    text: 'Traceroute',
    group: 'By a program',
    glyph: 'route',
    verb: 'Trace',
    way: 'command',
    program: 'traceroute',
    options: [],
    command: (_device, destination) => `traceroute -n ${destination}`,
  },
  {
    kind: 'http',
    text: 'HTTP request (curl)',
    group: 'By a program',
    glyph: 'file',
    verb: 'Request',
    way: 'command',
    program: 'curl',
    options: ['port'],
    command: (_device, destination, { port }) =>
      `curl -sS http://${destination.includes(':') ? `[${destination}]` : destination}${port.trim() === '' || port.trim() === '80' ? '' : `:${port.trim()}`}/`,
  },
  {
    kind: 'dhcp',
    text: 'DHCP lease (udhcpc)',
    group: 'By a program',
    glyph: 'question',
    verb: 'Ask',
    way: 'command',
    program: 'udhcpc',
    asksAll: true,
    options: [],
    command: (device) => `udhcpc -i ${device} -n -q`,
  },
  {
    kind: 'udp-frame',
    text: 'UDP datagram',
    group: 'As a frame',
    glyph: 'packet',
    verb: 'Send',
    way: 'frame',
    protocol: 'udp',
    options: ['port', 'data', 'ttl', 'vlan'],
  },
  {
    kind: 'tcp-frame',
    text: 'TCP SYN',
    group: 'As a frame',
    glyph: 'packet',
    verb: 'Send',
    way: 'frame',
    protocol: 'tcp',
    options: ['port', 'ttl', 'vlan'],
  },
  {
    kind: 'icmp-frame',
    text: 'ICMP echo request',
    group: 'As a frame',
    glyph: 'packet',
    verb: 'Send',
    way: 'frame',
    protocol: 'icmp',
    options: ['ttl', 'vlan'],
  },
  {
    kind: 'arp-frame',
    text: 'ARP request',
    group: 'As a frame',
    glyph: 'packet',
    verb: 'Send',
    way: 'frame',
    protocol: 'arp',
    options: ['vlan'],
  },
  {
    kind: 'dhcp-frame',
    text: 'DHCP discover',
    group: 'As a frame',
    glyph: 'packet',
    verb: 'Send',
    way: 'frame',
    protocol: 'dhcp',
    options: ['vlan'],
  },
  {
    kind: 'octets',
    text: 'Octets, or a captured frame',
    group: 'As a frame',
    glyph: 'file',
    verb: 'Send',
    way: 'octets',
  },
  {
    kind: 'microflow',
    text: 'Logical microflow (ovn-trace)',
    group: 'Without a packet',
    glyph: 'lswitch',
    verb: 'Open OVN trace',
    way: 'microflow',
  },
];

/** Whether a destination is chosen: what asks everybody has none. */
export const hasDestination = (entry: KindEntry): boolean =>
  entry.way === 'command'
    ? !entry.asksAll
    : entry.way === 'microflow' || (entry.way === 'frame' && entry.protocol !== 'dhcp');

/** Those that this world can send. */
export function kindsOffered(programs: readonly string[], logical: boolean): readonly KindEntry[] {
  return PACKET_KINDS.filter((entry) => {
    if (entry.way === 'command') return programs.includes(entry.program);
    return entry.way === 'microflow' ? logical : true;
  });
}
