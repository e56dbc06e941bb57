/** Layer 2 as a table: a row a network, a column a machine; which devices are in it there, and how. */
import { useMemo } from 'react';
import { l2Domains, subjectId, type L2Domain, type L2Member } from '../../view/index.ts';
import { Empty } from '../controls/Empty.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useWorld } from './PictureProvider.tsx';
import './l2-table.css';

/** More machines than this are left to the search. */
const MOST_COLUMNS = 60;

const ROLE: Readonly<Record<L2Member['role'], string>> = {
  access: 'access',
  trunk: 'trunk',
  native: 'native',
  device: '',
  port: '',
};

export function L2Table() {
  const { snapshot, networks } = useWorld();
  const filter = usePage((state) => state.viewport.filter);
  const domains = useMemo(() => l2Domains(snapshot, networks), [snapshot, networks]);
  const machines = snapshot.hosts.map(({ name }) => name).slice(0, MOST_COLUMNS);
  const word = filter.trim().toLowerCase();
  if (domains.length === 0) return <Empty text="No device is joined to another here." />;
  return (
    <div className="l2-scroll scroll">
      <table className="l2-table">
        <caption className="visually-hidden">Networks of layer 2 by machine</caption>
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">VLAN</th>
            {machines.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {domains.map((domain) => (
            <DomainRow
              key={domain.key}
              domain={domain}
              machines={machines}
              dimmed={word !== '' && !textOf(domain).includes(word)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const textOf = ({ name, code, subnet, cells }: L2Domain): string =>
  [name, code, subnet, ...[...cells.values()].flat().flatMap((one) => [one.name, ...one.addresses])]
    .join(' ')
    .toLowerCase();

function DomainRow({
  domain,
  machines,
  dimmed,
}: {
  readonly domain: L2Domain;
  readonly machines: readonly string[];
  readonly dimmed: boolean;
}) {
  const { networks } = useWorld();
  const network = domain.network === null ? undefined : networks[domain.network];
  const colour = network ? `var(--net-${network.colour})` : 'var(--border-ctl)';
  const chip = network
    ? {
        background: `var(--net-${network.colour}-fill)`,
        color: `var(--net-${network.colour}-text)`,
        borderColor: colour,
      }
    : {};
  return (
    <tr className={dimmed ? 'l2-dimmed' : undefined}>
      <th scope="row" style={{ boxShadow: `inset 4px 0 ${colour}` }}>
        <b>{domain.name}</b>
        <code>{domain.subnet}</code>
      </th>
      <td>
        <span className="l2-code" style={chip}>
          {domain.code}
        </span>
        {domain.parts > 1 && (
          <span className="l2-cut" title={`VLAN ${domain.code} is in ${domain.parts} parts that do not meet`}>
            <Glyph name="cross" size={12} />
            cut, {domain.parts} parts
          </span>
        )}
      </td>
      {machines.map((machine) => {
        const members = domain.cells.get(machine) ?? [];
        return (
          <td key={machine} className={members.length === 0 ? 'l2-none' : undefined}>
            {members.length === 0 ? (
              <span className="visually-hidden">nothing</span>
            ) : (
              members.map((member) => (
                <Member key={subjectId(member.subject) + member.role} member={member} />
              ))
            )}
          </td>
        );
      })}
    </tr>
  );
}

function Member({ member }: { readonly member: L2Member }) {
  const { select } = useActions();
  const selected = usePage(
    (state) =>
      state.selection.subject !== null && subjectId(state.selection.subject) === subjectId(member.subject),
  );
  const { name, where, role, addresses, up } = member;
  return (
    <button
      type="button"
      className="l2-member"
      aria-pressed={selected}
      onClick={() => select(member.subject)}
    >
      <span>
        <b className={up ? undefined : 'l2-down'}>{name}</b>
        {where !== '' && where !== name && <i>{where}</i>}
        {ROLE[role] !== '' && <i>{ROLE[role]}</i>}
        {!up && <i>down</i>}
      </span>
      {addresses.length > 0 && <code>{addresses.filter((one) => !one.startsWith('fe80:')).join(' ')}</code>}
    </button>
  );
}
