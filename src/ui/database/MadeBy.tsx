/** The northbound rows that made a logical flow, and what it is on each machine. */
import { useQuestion } from '../engine/questions.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { chassisText } from './MadeFlows.tsx';
import './database.css';

interface MadeByProps {
  readonly uuid: string;
  /** The rows alone, without a heading and where the flow is. */
  readonly brief?: boolean;
}

export function MadeBy({ uuid, brief = false }: MadeByProps) {
  const { data } = useQuestion('causes', { uuid });
  const { showRow } = useActions();
  if (!data) return null;
  const chassis = chassisText([data]);
  return (
    <section aria-label="Made by">
      {!brief && <h4>Made by</h4>}
      <p className="row-links">
        {brief && <span className="quiet">made by</span>}
        {data.causes.length === 0 && (
          <span className="quiet">No northbound row is known to have made it.</span>
        )}
        {data.causes.map((cause) => (
          <button
            key={cause.uuid}
            type="button"
            className="row-link"
            title={`${cause.table} ${cause.uuid}`}
            onClick={() => showRow({ database: 'OVN_Northbound', table: cause.table, uuid: cause.uuid })}
          >
            {cause.label} <span>{cause.table}</span>
          </button>
        ))}
      </p>
      {!brief && (
        <p className="quiet">
          In {data.flow.datapaths.slice(0, 6).join(', ')}
          {data.flow.datapaths.length > 6 && ` and ${data.flow.datapaths.length - 6} more`}
          {chassis !== '' && `. OpenFlow flows: ${chassis}`}
        </p>
      )}
    </section>
  );
}
