/** Lookups and replacements of records in bgpd's configuration, shared by its commands. */
import { sameValue } from '../same-value.ts';
import { present } from '../../base/assert.ts';
import {
  BGP_FAMILIES,
  type BgpFamily,
  type BgpFamilyConfig,
  type BgpInstanceConfig,
  type PeerConfig,
  type PeerFamilyOptions,
  type PeerOptions,
} from './bgp-config.ts';
import type { Edit } from './command.ts';

/** The instance of the node in which the line was typed. */
export const instanceOf = (edit: Edit): BgpInstanceConfig =>
  present(edit.config.bgp.get(edit.position.vrf ?? 'default'), 'BGP instance of the node');

/** The family of the node; lines of the node `router bgp` itself concern IPv4 unicast. */
export const familyOf = (edit: Edit): BgpFamily => edit.position.family ?? 'ipv4-unicast';

export const familyConfig = (edit: Edit): BgpFamilyConfig => instanceOf(edit).families[familyOf(edit)];

export function emptyInstance(asn: number, vrf: string): BgpInstanceConfig {
  const families = Object.fromEntries(
    BGP_FAMILIES.map((family) => [
      family,
      { options: {}, networks: new Map(), aggregates: new Map(), redistribute: new Map() },
    ]),
  ) as unknown as Readonly<Record<BgpFamily, BgpFamilyConfig>>;
  return {
    asn,
    vrf,
    automatic: false,
    options: {},
    peers: new Map(),
    groups: new Map(),
    listenRanges: new Map(),
    vnis: new Map(),
    families,
  };
}

export const emptyPeer = (name: string, kind: PeerConfig['kind']): PeerConfig => ({
  name,
  kind,
  v6only: false,
  remoteAs: null,
  group: null,
  options: {},
  families: {},
});

export function replacePeer(instance: BgpInstanceConfig, peer: PeerConfig): void {
  (peer.kind === 'group' ? instance.groups : instance.peers).set(peer.name, peer);
}

/** A record without some keys: an absent option is the default. */
export function without<T extends object>(record: T, ...keys: readonly (keyof T)[]): T {
  const copy = { ...record };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Sets or (with `undefined`) removes an option of the session; says whether anything changed. */
export function setPeerOption<K extends keyof PeerOptions>(
  edit: Edit,
  peer: PeerConfig,
  option: K,
  value: PeerOptions[K] | undefined,
): void {
  if (sameValue(peer.options[option], value)) return;
  const options = value === undefined ? without(peer.options, option) : { ...peer.options, [option]: value };
  replacePeer(instanceOf(edit), { ...peer, options });
  edit.changed({ kind: 'peer-option', vrf: instanceOf(edit).vrf, peer: peer.name, option });
}

const FILTERS: readonly (keyof PeerFamilyOptions)[] = [
  'prefixListIn',
  'prefixListOut',
  'distributeListIn',
  'distributeListOut',
  'filterListIn',
  'filterListOut',
];
const MAPS: readonly (keyof PeerFamilyOptions)[] = ['routeMapIn', 'routeMapOut', 'unsuppressMap'];

/**
 * Whether bgpd acts on a line that changes nothing: a default route is sent again whenever it is asked for, filters are
 * applied again when set or taken away once more, maps when taken away.
 */
const actsAgain = (option: keyof PeerFamilyOptions, isRemoval: boolean): boolean =>
  FILTERS.includes(option) ||
  (isRemoval && MAPS.includes(option)) ||
  (!isRemoval && option === 'defaultOriginate');

export function setPeerFamilyOption<K extends keyof PeerFamilyOptions>(
  edit: Edit,
  peer: PeerConfig,
  option: K,
  value: PeerFamilyOptions[K] | undefined,
): void {
  const family = familyOf(edit);
  const before: PeerFamilyOptions = peer.families[family] ?? {};
  if (sameValue(before[option], value) && !actsAgain(option, value === undefined)) return;
  const options = value === undefined ? without(before, option) : { ...before, [option]: value };
  replacePeer(instanceOf(edit), { ...peer, families: { ...peer.families, [family]: options } });
  edit.changed({ kind: 'peer-family', vrf: instanceOf(edit).vrf, peer: peer.name, family, option });
}
