/** What a machine that is drawn without its inside says about it: a few lines of counts and names. */
import type { HostSnapshot, WorldSnapshot } from '../engine/snapshot.ts';
import type { NodeLine } from './model.ts';
import { monoLine, plainLine, someLines } from './model-parts.ts';

const SHORT_NAMES = { OVN_Northbound: 'NB', OVN_Southbound: 'SB' } as const;

/** Address, bridges with their ports, namespaces, programs, BGP speakers: a few lines, the most telling first. */
export function briefLines(host: HostSnapshot, { routing }: WorldSnapshot): readonly NodeLine[] {
  const bridges = host.bridges.map(({ name }) => name);
  const root = host.namespaces[0];
  const linux = (root?.links ?? []).flatMap(({ kind, name }) => (kind === 'bridge' ? [name] : []));
  const inside = host.namespaces.slice(1).map(({ name }) => name);
  const speakers = [
    ...new Set((routing?.speakers ?? []).flatMap((one) => (one.host === host.name ? [`AS ${one.asn}`] : []))),
  ];
  const down = (root?.links ?? []).filter(({ kind, up }) => kind === 'physical' && !up).length;
  return someLines(
    monoLine(shownAddress(host), 'names'),
    plainLine(listed([...bridges, ...linux]), 'names'),
    plainLine(listed(inside), 'names'),
    plainLine(listed(programNames(host)), 'names'),
    plainLine(listed(speakers), 'names'),
    plainLine(down === 0 ? '' : `${down} of its NICs down`, 'names'),
  );
}

/** A machine without an IPv4 address on its NICs is reached by that of its loopback, or by IPv6. */
export function shownAddress(host: HostSnapshot): string {
  if (host.address !== null) return host.address;
  const links = host.namespaces[0]?.links ?? [];
  const addresses = [...links.filter(({ kind }) => kind === 'loopback'), ...links].flatMap(
    (link) => link.addresses,
  );
  const usual = addresses.find((text) => !/^(127\.|::1\/|fe80:)/.test(text));
  return usual?.replace(/\/.*/, '') ?? '';
}

function programNames(host: HostSnapshot): readonly string[] {
  const order = ['OVN_Northbound', '', 'OVN_Southbound'];
  const programs = host.programs.toSorted((a, b) => order.indexOf(a.database) - order.indexOf(b.database));
  return programs.flatMap(({ name, database, text, state }) => {
    const failed = state === 'failed' ? ' failed' : '';
    if (name === 'ovsdb-server')
      return database === 'OVN_Northbound' || database === 'OVN_Southbound'
        ? [`${SHORT_NAMES[database]}${failed}`]
        : [];
    if (name === 'ovn-northd') return [`northd${failed}`];
    if (name === 'bgpd') return [`bgpd ${text}${failed}`.trim()];
    return state === 'failed' ? [`${name} failed`] : [];
  });
}

const listed = (names: readonly string[]): string => names.join(', ');
