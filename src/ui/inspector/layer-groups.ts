/** The encapsulation as a call stack: layers that were put on together stand together. */
import type { StackLayer } from '../../engine/protocol.ts';

type LayerRole = 'outer' | 'tunnel' | 'inner';

export interface LayerGroup {
  readonly role: LayerRole;
  /** `Ethernet, IPv4, UDP`. */
  readonly name: string;
  /** Addresses, or what the tunnel header holds. */
  readonly text: string;
  readonly size: number;
  /** Step that put it on, if in this run. */
  readonly pushedBy: number | null;
}

/** One layer of the strip: its name, and how many octets it takes, up to the next. */
export interface StripLayer {
  readonly name: string;
  readonly role: LayerRole;
  readonly offset: number;
  readonly size: number;
}

const TUNNELS: ReadonlySet<string> = new Set(['geneve', 'vxlan', 'gre', 'stt']);
const NETWORK: ReadonlySet<string> = new Set(['ipv4', 'ipv6', 'arp']);

/** Layers with their roles: a tunnel header parts what is outside from what is inside. */
export function stripLayers(stack: readonly StackLayer[], length: number): readonly StripLayer[] {
  const last = stack.findLastIndex((layer) => TUNNELS.has(layer.protocol));
  return stack.map((layer, at) => ({
    name: layer.name,
    role: TUNNELS.has(layer.protocol) ? 'tunnel' : at < last ? 'outer' : 'inner',
    offset: layer.offset,
    size: (stack[at + 1]?.offset ?? length) - layer.offset,
  }));
}

/** `192.168.0.11 → 192.168.0.12` as `192.168.0.11 → .12`: what both share is said once. */
export function sharedPrefix(text: string): string {
  return text.replace(/\b(\d+\.\d+\.\d+)(\.\d+) → \1(\.\d+)\b/, '$1$2 → $3');
}

export function layerGroups(stack: readonly StackLayer[], length: number): readonly LayerGroup[] {
  const strip = stripLayers(stack, length);
  const groups: { role: LayerRole; layers: StackLayer[]; size: number }[] = [];
  for (const [at, layer] of stack.entries()) {
    const { role, size } = strip[at] ?? { role: 'inner' as const, size: layer.size };
    const group = groups.at(-1);
    if (group?.role === role) {
      group.layers.push(layer);
      group.size += size;
    } else {
      groups.push({ role, layers: [layer], size });
    }
  }
  return groups.map(({ role, layers, size }) => ({
    role,
    name:
      layers
        .filter((layer) => layer.protocol !== 'payload')
        .map((layer) => layer.name)
        .join(', ') || 'Payload',
    text: sharedPrefix((layers.find((layer) => NETWORK.has(layer.protocol)) ?? layers[0])?.text ?? ''),
    size,
    pushedBy: layers.find((layer) => layer.pushedBy !== null)?.pushedBy ?? null,
  }));
}

/** The tunnel's key, as its header says it; null where there is no tunnel. */
export function tunnelKeyOf(stack: readonly StackLayer[]): number | null {
  const tunnel = stack.findLast((layer) => TUNNELS.has(layer.protocol));
  const key = /\b(?:VNI|key) (\d+)/i.exec(tunnel?.text ?? '')?.[1];
  return key === undefined ? null : Number(key);
}
