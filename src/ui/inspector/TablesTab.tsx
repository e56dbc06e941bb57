/** The database browser: any table, any row, as the database holds it. Only rows in view are asked for. */
import { useMemo, useState } from 'react';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useTables } from '../engine/queries.ts';
import { Segmented } from '../controls/Segmented.tsx';
import { ChangesList } from '../database/ChangesList.tsx';
import { RowPanel } from '../database/RowPanel.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { RowGrid } from './RowGrid.tsx';
import './tables.css';

const PREFERRED = ['OVN_Northbound', 'OVN_Southbound', 'Open_vSwitch'];
/** A database's name begins with its schema's. */
const placeOf = (database: string): number => PREFERRED.indexOf(database.split(' ')[0] ?? '');
/** What one looks at first. */
const FIRST: ReadonlySet<string> = new Set(['Logical_Switch', 'Port_Binding', 'Interface']);

export function TablesTab() {
  const tables = useTables();
  const [chosen, setChosen] = useState<{ readonly database: string; readonly table: string }>({
    database: '',
    table: '',
  });
  const [search, setSearch] = useState('');
  const [view, setView] = useState<'rows' | 'changes'>('rows');
  const shown = usePage((state) => state.viewport.row);
  const { showRow } = useActions();
  // A row that was asked for elsewhere brings its table along.
  const [followed, setFollowed] = useState<typeof shown>(null);
  if (shown !== followed) {
    setFollowed(shown);
    if (shown) {
      setView('rows');
      if (shown.database !== chosen.database || shown.table !== chosen.table) {
        setChosen(shown);
        setSearch('');
      }
    }
  }
  const databases = useMemo(
    () => (tables.data ?? []).toSorted((a, b) => placeOf(a.database) - placeOf(b.database)),
    [tables.data],
  );
  const database = databases.find((other) => other.database === chosen.database) ?? databases[0];
  // Full tables first: empty ones are rarely what one looks for.
  const list = useMemo(
    () => (database?.tables ?? []).toSorted((a, b) => Number(b.rows > 0) - Number(a.rows > 0)),
    [database],
  );
  const table =
    list.find((other) => other.name === chosen.table) ??
    list.find((other) => FIRST.has(other.name) && other.rows > 0) ??
    list[0];
  if (!database || !table)
    return <Empty text={tables.isPending ? 'Asking for the tables.' : 'No database is open.'} />;
  return (
    <div className="tables">
      <div className="tables-head">
        <Segmented
          label="What is listed"
          className="tables-view"
          value={view}
          options={[
            { value: 'rows', text: 'Rows' },
            { value: 'changes', text: 'Changes by command' },
          ]}
          onChange={setView}
        />
        {view === 'rows' && (
          <>
            <Choice
              label="Database"
              value={database.database}
              options={databases.map((other) => ({ value: other.database, text: other.database }))}
              onChange={(value) => {
                setChosen({ database: value, table: '' });
                showRow(null);
              }}
            />
            <Choice
              label="Table"
              value={table.name}
              options={list.map((other) => ({ value: other.name, text: `${other.name} (${other.rows})` }))}
              onChange={(value) => {
                setChosen({ database: database.database, table: value });
                showRow(null);
              }}
            />
            <TextField
              className="tables-search"
              label="Search the rows"
              bare
              mono
              placeholder="Words, or conditions: type=router"
              value={search}
              onChange={setSearch}
            />
          </>
        )}
      </div>
      {view === 'changes' ? (
        <ChangesList />
      ) : (
        <RowGrid
          key={`${database.database} ${table.name} ${search}`}
          database={database.database}
          table={table.name}
          search={search.trim()}
          open={shown?.uuid ?? null}
          onOpen={(uuid) => showRow({ database: database.database, table: table.name, uuid })}
        />
      )}
      {shown && <RowPanel shown={shown} onClose={() => showRow(null)} />}
    </div>
  );
}
