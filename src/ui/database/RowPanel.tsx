/** One row, every column in full, with the rows that it refers to and those that refer to it, and the flows that it makes. */
import type { RowAnswer, RowReference } from '../../engine/questions/rows.ts';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { useQuestion } from '../engine/questions.ts';
import type { ShownRow } from '../store/slices.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { MadeBy } from './MadeBy.tsx';
import { MadeFlows } from './MadeFlows.tsx';
import './database.css';

/** Values that say nothing. */
const EMPTY: ReadonlySet<string> = new Set(['', '[]', '{}', '""']);

function Reference({ to, from }: { readonly to: RowReference; readonly from: ShownRow }) {
  const { showRow } = useActions();
  return (
    <button
      type="button"
      className="row-link"
      title={`${to.table} ${to.uuid}`}
      onClick={() => showRow({ database: from.database, table: to.table, uuid: to.uuid })}
    >
      {to.label} <span>{to.table}</span>
    </button>
  );
}

function Columns({ row, shown }: { readonly row: RowAnswer; readonly shown: ShownRow }) {
  const filled = row.columns.filter(({ text }) => !EMPTY.has(text));
  const empty = row.columns.filter(({ text }) => EMPTY.has(text)).map(({ name }) => name);
  return (
    <dl>
      {filled.map(({ name, text, references }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {references.length === 0
              ? text
              : references.map((to) => <Reference key={`${to.table}${to.uuid}`} to={to} from={shown} />)}
          </dd>
        </div>
      ))}
      {empty.length > 0 && (
        <div>
          <dt className="quiet">empty</dt>
          <dd className="quiet">{empty.join(', ')}</dd>
        </div>
      )}
    </dl>
  );
}

export function RowPanel({ shown, onClose }: { readonly shown: ShownRow; readonly onClose: () => void }) {
  const { data: row, isPending } = useQuestion('row', shown);
  const text = row
    ? [`_uuid: ${row.uuid}`, ...row.columns.map(({ name, text: value }) => `${name}: ${value}`)]
    : [];
  return (
    <section className="row-detail" aria-label={`Row ${shown.uuid.slice(0, 8)} of ${shown.table}`}>
      <header>
        <h3>{shown.table}</h3>
        <code title={shown.uuid}>{row?.label ?? shown.uuid.slice(0, 8)}</code>
        <IconButton
          glyph="copy"
          size={14}
          label="Copy this row"
          onClick={() => void navigator.clipboard?.writeText(text.join('\n'))}
        />
        <IconButton glyph="cross" size={14} label="Close this row" onClick={onClose} />
      </header>
      <div
        className="row-detail-body scroll"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
        tabIndex={0}
      >
        {row && <Columns row={row} shown={shown} />}
        {row === null && !isPending && (
          <p className="quiet">
            This row is gone. <Button onClick={onClose}>Close</Button>
          </p>
        )}
        {row && row.referredBy.length > 0 && (
          <>
            <h4>Referred to by</h4>
            <p className="row-links">
              {row.referredBy.map((to) => (
                <Reference key={`${to.table}${to.column}${to.uuid}`} to={to} from={shown} />
              ))}
            </p>
          </>
        )}
        {row && shown.database === 'OVN_Northbound' && <MadeFlows shown={shown} />}
        {row && shown.database === 'OVN_Southbound' && shown.table === 'Logical_Flow' && (
          <MadeBy uuid={shown.uuid} />
        )}
      </div>
    </section>
  );
}
