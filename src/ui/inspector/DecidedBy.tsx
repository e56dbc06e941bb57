/** Why the packet went where it went: the deciding rows as a chain, and at a drop the nearest rules that would have let it pass. */
import { Fragment, useMemo } from 'react';
import type { BecauseCard } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useStepDetail } from '../engine/queries.ts';
import { usePicture, useTrails } from '../picture/PictureProvider.tsx';
import { parentIndex, stepIndex } from '../picture/step-index.ts';
import { fieldHistory, type FieldValue } from './field-history.ts';
import { MatchText } from './MatchText.tsx';
import { WhyNotPanel } from '../why/WhyNotPanel.tsx';
import { WhyNot } from './WhyNot.tsx';
import './decided.css';

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

export function DecidedBy() {
  const { run, steps, index } = usePicture();
  const detail = useStepDetail(run?.id ?? null, index);
  const fields = useMemo(
    () => fieldHistory(steps, detail ? parentIndex(steps, stepIndex(steps, detail.step.id)) : -1),
    [steps, detail],
  );
  const trails = useTrails();
  if (!detail) return null;
  const { because } = detail;
  const busy = trails || steps[index]?.id !== detail.step.id;
  return (
    <section className="decided" aria-label="Decided by" aria-busy={busy}>
      <WhyNot detail={detail} />
      <h3 className="section-head">
        Decided by
        <span>{because.length === 0 ? 'no row: this step follows from the one before' : ''}</span>
      </h3>
      <ol className="cards">
        {because.map((card, at) => (
          <Card key={`${card.kind}${card.reference}${at}`} card={card} first={at === 0} fields={fields} />
        ))}
      </ol>
      {detail.step.what.kind === 'dropped' && <WhyNotPanel run={detail.run} step={detail.step.id} />}
    </section>
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
}: {
  readonly card: BecauseCard;
  readonly first: boolean;
  readonly fields: ReadonlyMap<string, FieldValue>;
}) {
  return (
    <li className={first ? 'card-now' : undefined}>
      <header>
        <Glyph name={GLYPH[card.kind]} size={14} />
        <b>{card.title}</b>
        <span title={card.place}>{card.place}</span>
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
