/** Layer 2 as a table: a row a network, a column a machine; which devices are in it there, over which NIC, with which addresses. */
import { useEffect, useRef } from 'react';
import { type L2Domain } from '../../view/index.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { L2Cell } from './L2Cell.tsx';
import './l2-table.css';

/** More machines than this are left to the search. */
const MOST_COLUMNS = 240;

interface L2TableProps {
  readonly domains: readonly L2Domain[];
  /** The key of the row that is lit. */
  readonly lit: string | null;
  readonly onRow: (key: string) => void;
}

export function L2Table({ domains, lit, onRow }: L2TableProps) {
  const { snapshot } = useWorld();
  const filter = usePage((state) => state.arrangement.filter);
  const word = filter.trim().toLowerCase();
  const names = snapshot.hosts.map(({ name }) => name);
  // A machine that the search names is shown however many there are.
  const found = word === '' ? [] : names.filter((name) => name.toLowerCase().includes(word));
  const machines = [...new Set([...found, ...names])].slice(0, MOST_COLUMNS);
  const selected = usePage((state) => state.selection.subject);
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (selected)
      table.current?.querySelector('[data-here]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected, lit]);
  return (
    <div className="l2-scroll scroll">
      <table className="l2-table" ref={table}>
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
            {names.length > machines.length && (
              <th scope="col">and {names.length - machines.length} more: search for one above</th>
            )}
          </tr>
        </thead>
        <tbody>
          {domains.map((domain) => (
            <DomainRow
              key={domain.key}
              domain={domain}
              machines={machines}
              isLit={domain.key === lit}
              dimmed={word !== '' && found.length === 0 && !textOf(domain).includes(word)}
              onRow={onRow}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const textOf = ({ name, also, code, subnet, cells }: L2Domain): string =>
  [name, also, code, subnet, ...[...cells.values()].flat().flatMap((one) => [one.name, ...one.addresses])]
    .join(' ')
    .toLowerCase();

function DomainRow({
  domain,
  machines,
  isLit,
  dimmed,
  onRow,
}: {
  readonly domain: L2Domain;
  readonly machines: readonly string[];
  readonly isLit: boolean;
  readonly dimmed: boolean;
  readonly onRow: (key: string) => void;
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
    <tr className={dimmed ? 'l2-dimmed' : isLit ? 'l2-lit' : undefined}>
      <th scope="row" style={{ boxShadow: `inset 4px 0 ${colour}` }}>
        <b title={domain.name}>{domain.name}</b>
        {domain.also !== '' && <i title={domain.also}>{domain.also}</i>}
        <code>{domain.subnet}</code>
        <Breaks domain={domain} onRow={onRow} />
      </th>
      <td>
        <span className="l2-code" style={chip}>
          {domain.code}
        </span>
      </td>
      {domain.nowhere !== '' && domain.missing.length === 0 ? (
        <td className="l2-none" colSpan={machines.length}>
          {domain.nowhere}
        </td>
      ) : (
        machines.map((machine) => (
          <L2Cell
            key={machine}
            members={domain.cells.get(machine) ?? []}
            code={domain.code}
            isLit={isLit}
            isMissing={domain.missing.includes(machine)}
            onRow={() => onRow(domain.key)}
          />
        ))
      )}
    </tr>
  );
}

/** Where a network in parts is cut. */
function Breaks({ domain, onRow }: { readonly domain: L2Domain; readonly onRow: (key: string) => void }) {
  const { select } = useActions();
  if (domain.parts < 2) return null;
  if (domain.breaks.length === 0)
    return <span className="l2-parts">one of {domain.parts} parts that nothing joins</span>;
  return (
    <>
      {domain.breaks.map(({ subject, text }) => (
        <button
          key={text}
          type="button"
          className="l2-cut"
          onClick={() => {
            onRow(domain.key);
            select(subject);
          }}
        >
          <Glyph name="cross" size={12} />
          cut: {text}
        </button>
      ))}
    </>
  );
}
