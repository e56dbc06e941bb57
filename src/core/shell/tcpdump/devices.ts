/** The devices that can be captured on, in the order in which libpcap lists them: the most useful first. */
import type { Link, Namespace } from '../../linux/index.ts';
import { operState } from '../../linux/device.ts';

interface Device {
  readonly name: string;
  readonly description: string;
  readonly isUp: boolean;
  readonly isRunning: boolean;
  readonly isLoopback: boolean;
  /** Other things that the list says, e.g. `Connected`. */
  readonly notes: readonly string[];
}

/** Pseudo-devices of the machine besides its links. */
const PSEUDO: readonly Device[] = (
  [
    ['any', 'Pseudo-device that captures on all interfaces', true, []],
    ['bluetooth-monitor', 'Bluetooth Linux Monitor', false, ['Wireless']],
    ['nflog', 'Linux netfilter log (NFLOG) interface', false, []],
    ['nfqueue', 'Linux netfilter queue (NFQUEUE) interface', false, []],
    ['dbus-system', 'D-Bus system bus', false, []],
    ['dbus-session', 'D-Bus session bus', false, []],
  ] as const
).map(([name, description, isUp, notes]) => ({
  name,
  description,
  isUp,
  isRunning: isUp,
  isLoopback: false,
  notes,
}));

function deviceOf(link: Link): Device {
  const state = operState(link);
  const isRunning = link.up && (state === 'UP' || state === 'UNKNOWN');
  const isLoopback = link.kind === 'lo';
  return {
    name: link.name,
    description: '',
    isUp: link.up,
    isRunning,
    isLoopback,
    notes: isLoopback ? [] : [link.up && link.carrier ? 'Connected' : 'Disconnected'],
  };
}

/** Less is listed earlier. */
function merit({ name, isUp, isRunning, isLoopback, notes }: Device): number {
  return (
    (isRunning ? 0 : 16) +
    (isUp ? 0 : 8) +
    (notes.includes('Disconnected') ? 4 : 0) +
    (isLoopback ? 2 : 0) +
    (name === 'any' ? 1 : 0)
  );
}

/** Pseudo-devices without flags stand between what is up and what is not. */
const place = (device: Device): number => (PSEUDO.includes(device) && !device.isUp ? 23 : merit(device));

export function listDevices(net: Namespace): readonly Device[] {
  const links = [...net.links.values()].toSorted((a, b) => a.index - b.index).map((link) => deviceOf(link));
  return [...links, ...PSEUDO].toSorted((a, b) => place(a) - place(b));
}

/** What `-D` prints. */
export function deviceListText(net: Namespace): string {
  const lines = listDevices(net).map(({ name, description, isUp, isRunning, isLoopback, notes }, at) => {
    const flags = [
      isUp ? 'Up' : '',
      isRunning ? 'Running' : '',
      isLoopback ? 'Loopback' : '',
      notes.includes('Wireless') ? 'Wireless' : '',
    ].filter((flag) => flag !== '');
    const words = [
      ...(flags.length === 0 ? ['none'] : flags),
      ...notes.filter((note) => note !== 'Wireless'),
    ];
    return `${at + 1}.${name}${description === '' ? '' : ` (${description})`} [${words.join(', ')}]\n`;
  });
  return lines.join('');
}
