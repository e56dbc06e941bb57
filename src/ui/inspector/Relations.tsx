/** What a logical thing is made of on the machines, or what a thing of the machines stands for; each can be followed. */
import { useMemo } from 'react';
import type { Subject } from '../../engine/protocol.ts';
import { relationsOf, subjectId } from '../../view/index.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { useActions } from '../store/StoreProvider.tsx';

/** More of a kind are counted. */
const SHOWN = 12;

export function Relations({ subject }: { readonly subject: Subject }) {
  const { snapshot } = useWorld();
  const { select } = useActions();
  const relations = useMemo(() => relationsOf(subject, snapshot), [subject, snapshot]);
  if (relations.length === 0) return null;
  return (
    <section className="relations" aria-label="Intent and reality">
      <dl>
        {relations.map(({ title, things }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>
              {things.slice(0, SHOWN).map((thing) => {
                const { name, where, glyph } = describeSubject(thing, snapshot);
                return (
                  <button
                    key={subjectId(thing)}
                    type="button"
                    className="relation"
                    title={where}
                    aria-label={`${name}, ${where}`}
                    onClick={() => select(thing)}
                  >
                    <Glyph name={glyph} size={12} />
                    {name}
                    {'host' in thing && thing.kind !== 'host' && <i>{thing.host}</i>}
                  </button>
                );
              })}
              {things.length > SHOWN && <span className="quiet">and {things.length - SHOWN} more</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
