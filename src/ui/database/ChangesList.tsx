/** What each command changed in the databases, newest first. */
import type { CommandChanges, RowChange } from '../../engine/questions/rows.ts';
import { Empty } from '../controls/Empty.tsx';
import { useQuestion } from '../engine/questions.ts';
import { useActions } from '../store/StoreProvider.tsx';
import './database.css';

const SIGN: Readonly<Record<RowChange['kind'], string>> = { inserted: '+', updated: '~', deleted: '−' };
const WORD: Readonly<Record<RowChange['kind'], string>> = {
  inserted: 'new',
  updated: 'changed',
  deleted: 'deleted',
};
/** Rows of one table shown before the rest is only counted. */
const SHOWN = 12;

function Change({ change }: { readonly change: RowChange }) {
  const { showRow } = useActions();
  const { database, table, kind, uuid, label, cells } = change;
  return (
    <li className={`change change-${kind}`}>
      <span aria-hidden="true">{SIGN[kind]}</span>
      <div>
        <button type="button" className="row-link" onClick={() => showRow({ database, table, uuid })}>
          {label}{' '}
          <span>
            {table}, {WORD[kind]}
          </span>
        </button>
        {kind === 'updated' &&
          cells.map(({ column, before, after }) => (
            <p key={column}>
              {column} <del>{before}</del> <ins>{after}</ins>
            </p>
          ))}
      </div>
    </li>
  );
}

function Command({ entry }: { readonly entry: CommandChanges }) {
  const tables = new Map<string, RowChange[]>();
  for (const change of entry.changes) {
    const key = `${change.database} ${change.table}`;
    tables.set(key, [...(tables.get(key) ?? []), change]);
  }
  return (
    <li>
      <h4>
        <span className="quiet">{entry.host}</span> <code>{entry.line}</code>
      </h4>
      <ol>
        {[...tables].map(([key, changes]) => (
          <li key={key}>
            <ol>
              {changes.slice(0, SHOWN).map((change) => (
                <Change key={`${change.kind}${change.uuid}`} change={change} />
              ))}
              {changes.length > SHOWN && (
                <li className="quiet">
                  and {changes.length - SHOWN} more of {key.split(' ').at(-1)}
                </li>
              )}
            </ol>
          </li>
        ))}
        {entry.more > 0 && <li className="quiet">and {entry.more} more rows</li>}
      </ol>
    </li>
  );
}

export function ChangesList() {
  const { data } = useQuestion('changes', null);
  if (!data || data.length === 0)
    return <Empty text="No command has changed a row yet. What the next one changes is listed here." />;
  return (
    <ol className="changes scroll" aria-label="Changes by command">
      {data.map((entry) => (
        <Command key={entry.id} entry={entry} />
      ))}
    </ol>
  );
}
