/** What counts for a neighbour: its own options over those of its peer group. */
import type {
  BgpFamily,
  BgpInstanceConfig,
  PeerConfig,
  PeerFamilyOptions,
  PeerOptions,
  RemoteAs,
} from './bgp-config.ts';

export const groupOf = (instance: BgpInstanceConfig, peer: PeerConfig): PeerConfig | undefined =>
  peer.group === null ? undefined : instance.groups.get(peer.group);

/** A neighbour or a group by its name. */
export const findPeer = (instance: BgpInstanceConfig, name: string): PeerConfig | undefined =>
  instance.peers.get(name) ?? instance.groups.get(name);

export const effectiveRemoteAs = (instance: BgpInstanceConfig, peer: PeerConfig): RemoteAs | null =>
  peer.remoteAs ?? groupOf(instance, peer)?.remoteAs ?? null;

/** What a group is described as is its own. */
export function effectiveOptions(instance: BgpInstanceConfig, peer: PeerConfig): PeerOptions {
  const { description: _, ...shared } = groupOf(instance, peer)?.options ?? {};
  return { ...shared, ...peer.options };
}

/** `activate` is filled in. A neighbour got it when it was created; a member of a group goes with the group. */
export function effectiveFamilyOptions(
  instance: BgpInstanceConfig,
  peer: PeerConfig,
  family: BgpFamily,
): PeerFamilyOptions & { readonly activate: boolean } {
  const merged = { ...groupOf(instance, peer)?.families[family], ...peer.families[family] };
  return { ...merged, activate: merged.activate ?? false };
}

/** Whether a family is active for a neighbour that is now created. */
export const activeByDefault = (instance: BgpInstanceConfig, family: BgpFamily): boolean =>
  (family === 'ipv4-unicast' && (instance.options.defaultIpv4Unicast ?? true)) ||
  (family === 'ipv6-unicast' && (instance.options.defaultIpv6Unicast ?? false)) ||
  (family === 'l2vpn-evpn' && (instance.options.defaultL2vpnEvpn ?? false));
