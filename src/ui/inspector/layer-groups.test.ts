import { expect, it } from 'vitest';
import type { StackLayer } from '../../engine/protocol.ts';
import { layerGroups, sharedPrefix, stripLayers } from './layer-groups.ts';

const layer = (
  protocol: string,
  offset: number,
  size: number,
  pushedBy: number | null = null,
): StackLayer => ({
  name: protocol,
  text: `${protocol} text`,
  offset,
  size,
  protocol,
  pushedBy,
});

const TUNNELLED = [
  layer('ethernet', 0, 14, 41),
  layer('ipv4', 14, 20, 41),
  layer('udp', 34, 8, 41),
  layer('geneve', 42, 16, 40),
  layer('ethernet', 58, 14),
  layer('ipv4', 72, 20),
  layer('icmp', 92, 8),
  layer('payload', 100, 56),
];

it('parts a tunnelled frame at its tunnel header', () => {
  expect(layerGroups(TUNNELLED, 156)).toEqual([
    { role: 'outer', name: 'ethernet, ipv4, udp', text: 'ipv4 text', size: 42, pushedBy: 41 },
    { role: 'tunnel', name: 'geneve', text: 'geneve text', size: 16, pushedBy: 40 },
    { role: 'inner', name: 'ethernet, ipv4, icmp', text: 'ipv4 text', size: 98, pushedBy: null },
  ]);
});

it('covers every octet once', () => {
  expect(stripLayers(TUNNELLED, 156).reduce((sum, part) => sum + part.size, 0)).toBe(156);
});

it('is one group without a tunnel', () => {
  expect(layerGroups([layer('ethernet', 0, 14), layer('arp', 14, 28)], 42)).toMatchObject([
    { role: 'inner', name: 'ethernet, arp', text: 'arp text', size: 42 },
  ]);
});

it.each([
  ['192.168.0.11 → 192.168.0.12', '192.168.0.11 → .12'],
  ['192.168.0.11 → 10.0.0.1', '192.168.0.11 → 10.0.0.1'],
  ['192.168.50.100 → 192.168.5.100', '192.168.50.100 → 192.168.5.100'],
])('shortens %s to %s', (text, expected) => expect(sharedPrefix(text)).toBe(expected));
