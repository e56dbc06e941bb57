/** The octets, eight a row on a fixed pitch; what changed is marked, what is pointed at is framed. */
import { memo } from 'react';
import type { HeaderRow } from '../../engine/protocol.ts';
import { useActions } from '../store/StoreProvider.tsx';
import type { OctetMarks } from './octet-marks.ts';

const ROW = 8;
/** Octets shown; a longer frame says so. */
const SHOWN = 2048;

interface OctetGridProps {
  readonly frame: Uint8Array;
  readonly marks: OctetMarks;
  readonly pointed: readonly [number, number] | null;
  readonly headers: readonly HeaderRow[];
}

/** The smallest header or field that holds an octet. */
function fieldAt(headers: readonly HeaderRow[], offset: number): readonly [number, number] | null {
  let found: readonly [number, number] | null = null;
  for (const row of headers) {
    if (row.size === 0 || offset < row.offset || offset >= row.offset + row.size) continue;
    const inner = fieldAt(row.children, offset);
    const range = inner ?? [row.offset, row.size];
    if (!found || range[1] <= found[1]) found = range;
  }
  return found;
}

export function OctetGrid({ frame, marks, pointed, headers }: OctetGridProps) {
  const { pointAtOctets } = useActions();
  const shown = Math.min(frame.length, SHOWN);
  const rows = Array.from({ length: Math.ceil(shown / ROW) }, (_, at) => at * ROW);
  return (
    <figure
      className="octets"
      aria-label={`${frame.length} octets in hexadecimal`}
      onPointerOver={(event) => {
        const at = event.target instanceof HTMLElement ? event.target.dataset['at'] : undefined;
        if (at !== undefined) pointAtOctets(fieldAt(headers, Number(at)));
      }}
      onPointerLeave={() => pointAtOctets(null)}
    >
      {rows.map((from) => {
        const to = Math.min(from + ROW, shown);
        const inRow = pointed !== null && pointed[0] < to && pointed[0] + pointed[1] > from;
        return (
          <OctetRow
            key={from}
            from={from}
            hex={hexOf(frame, from, to)}
            marks={marks.subarray(from, to).join('')}
            pointedFrom={inRow ? Math.max(0, pointed[0] - from) : -1}
            pointedTo={inRow ? Math.min(ROW, pointed[0] + pointed[1] - from) : -1}
          />
        );
      })}
      {frame.length > SHOWN && <p className="octets-more">{frame.length - SHOWN} octets more</p>}
    </figure>
  );
}

function hexOf(frame: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += (frame[at] ?? 0).toString(16).padStart(2, '0');
  return text;
}

const CLASS: Readonly<Record<string, string>> = { '0': '', '1': 'octet-hop', '2': 'octet-step' };

const OctetRow = memo(function OctetRow(props: {
  readonly from: number;
  readonly hex: string;
  readonly marks: string;
  readonly pointedFrom: number;
  readonly pointedTo: number;
}) {
  const { from, hex, marks, pointedFrom, pointedTo } = props;
  return (
    <div className="octet-row">
      <span>{from.toString(16).padStart(4, '0')}</span>
      {Array.from({ length: hex.length / 2 }, (_, at) => (
        <b
          key={at}
          data-at={from + at}
          className={`${CLASS[marks.charAt(at)] ?? ''}${at >= pointedFrom && at < pointedTo ? ' octet-pointed' : ''}`}
        >
          {hex.slice(at * 2, at * 2 + 2)}
        </b>
      ))}
    </div>
  );
});
