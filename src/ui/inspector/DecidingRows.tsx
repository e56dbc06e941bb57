/** The rows that decided one step, as a chain: what the packet met first, and what that was made from. */
import { Fragment, useMemo, type ReactNode } from 'react';
import type { BecauseCard, StepDetail } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { usePicture } from '../picture/PictureProvider.tsx';
import { parentIndex, stepIndex } from '../picture/step-index.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { fieldHistory, type FieldValue } from './field-history.ts';
import { MatchText } from './MatchText.tsx';

const GLYPH: Readonly<Record<BecauseCard['kind'], GlyphName>> = {
  openflow: 'ovs',
  'logical-flow': 'lswitch',
  northbound: 'db',
  southbound: 'db',
  'open-vswitch': 'db',
  route: 'route',
  neighbour: 'session',
  fdb: 'bridge',
  conntrack: 'ct',
  address: 'port',
};

interface DecidingRowsProps {
  readonly detail: StepDetail;
  /** Of another step than the one at hand: then its number stands there and leads to it. */
  readonly elsewhere?: boolean;
}

export function DecidingRows({ detail, elsewhere = false }: DecidingRowsProps) {
  const { steps } = usePicture();
  const { goTo } = useActions();
  const index = stepIndex(steps, detail.step.id);
  const fields = useMemo(() => fieldHistory(steps, parentIndex(steps, index)), [steps, index]);
  if (detail.because.length === 0) return null;
  return (
    <ol className="cards">
      {detail.because.map((card, at) => (
        <Card
          key={`${card.kind}${card.reference}${at}`}
          card={card}
          first={at === 0 && !elsewhere}
          fields={fields}
        >
          {at === 0 && elsewhere && (
            <button type="button" className="step-link" onClick={() => goTo(index)}>
              step {index + 1}
            </button>
          )}
        </Card>
      ))}
    </ol>
  );
}

/** Lines break after commas before anywhere else. */
const breakable = (line: string) =>
  line.split(/(?<=,)(?=\S)/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));

function Card({
  card,
  first,
  fields,
  children,
}: {
  readonly card: BecauseCard;
  readonly first: boolean;
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Beside the card's place. */
  readonly children?: ReactNode;
}) {
  return (
    <li className={first ? 'card-now' : undefined}>
      <header>
        <Glyph name={GLYPH[card.kind]} size={14} />
        <b>{card.title}</b>
        <span title={card.place}>{card.place}</span>
        {children}
        {card.short !== '' && (
          <button
            type="button"
            className="reference"
            title={`Copy ${card.reference}`}
            onClick={() => void navigator.clipboard?.writeText(card.reference)}
          >
            {card.short}
          </button>
        )}
      </header>
      {card.lines.map((line, at) => (
        <code key={at} className={line.startsWith('→') ? 'card-action' : undefined}>
          {card.kind === 'openflow' && at === 0 ? <MatchText text={line} fields={fields} /> : breakable(line)}
        </code>
      ))}
    </li>
  );
}
