/** What a machine that is drawn without its inside says about it: a few lines of counts and names. */
import type { HostSnapshot } from '../engine/snapshot.ts';
import type { NodeLine } from './model.ts';
import { monoLine, plainLine, someLines } from './model-parts.ts';

const SHORT_NAMES = { OVN_Northbound: 'NB', OVN_Southbound: 'SB' } as const;

/** Address, bridges with their ports, namespaces, programs: at most four lines, the most telling first. */
export function briefLines(host: HostSnapshot): readonly NodeLine[] {
  const bridges = host.bridges.map(({ name }) => name);
  const root = host.namespaces[0];
  const linux = (root?.links ?? []).flatMap(({ kind, name }) => (kind === 'bridge' ? [name] : []));
  const inside = host.namespaces.slice(1).map(({ name }) => name);
  const down = (root?.links ?? []).filter(({ kind, up }) => kind === 'physical' && !up).length;
  return someLines(
    monoLine(host.address ?? '', 'names'),
    plainLine(listed([...bridges, ...linux]), 'names'),
    plainLine(listed(inside), 'names'),
    plainLine(listed(programNames(host)), 'names'),
    plainLine(down === 0 ? '' : `${down} of its NICs down`, 'names'),
  );
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
