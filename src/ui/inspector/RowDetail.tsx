/** One row, every column in full. */
import { IconButton } from '../controls/IconButton.tsx';

interface RowDetailProps {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly at: number }[];
  readonly row: { readonly uuid: string; readonly cells: readonly string[] };
  readonly onClose: () => void;
}

export function RowDetail({ table, columns, row, onClose }: RowDetailProps) {
  const text = [
    `_uuid: ${row.uuid}`,
    ...columns.map(({ name, at }) => `${name}: ${row.cells[at] ?? ''}`),
  ].join('\n');
  return (
    <section className="row-detail" aria-label={`Row ${row.uuid.slice(0, 8)} of ${table}`}>
      <header>
        <h3>{table}</h3>
        <code>{row.uuid}</code>
        <IconButton
          glyph="copy"
          size={14}
          label="Copy this row"
          onClick={() => void navigator.clipboard?.writeText(text)}
        />
        <IconButton glyph="cross" size={14} label="Close this row" onClick={onClose} />
      </header>
      <dl
        className="scroll"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
        tabIndex={0}
      >
        {columns.map(({ name, at }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{row.cells[at] || <span className="quiet">(empty)</span>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
