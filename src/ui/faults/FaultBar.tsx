/** Over the picture while something is broken on purpose: what, and the way to mend it. */
import { memo } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import { faultText, subjectOfFault } from './fault-words.ts';
import { RELEASE_FAULTS_FOLD, useFaults } from './use-faults.ts';
import './faults.css';

export const FaultBar = memo(function FaultBar() {
  const { snapshot } = useWorld();
  const { select, unfold } = useActions();
  const { lasting, hasHidden, set } = useFaults();
  if (lasting.length === 0 && !hasHidden) return null;
  return (
    <ul className="fault-bar" aria-label="Faults">
      {lasting.map((fault) => {
        const text = faultText(fault, snapshot);
        return (
          <li key={text}>
            <Glyph name="warn" size={14} />
            <button type="button" className="fault-name" onClick={() => select(subjectOfFault(fault))}>
              {text}
            </button>
            <IconButton glyph="cross" size={12} label={`Mend ${text}`} onClick={() => set(fault, false)} />
          </li>
        );
      })}
      {hasHidden && (
        <li className="fault-hidden">
          <button type="button" className="fault-name" onClick={() => unfold(RELEASE_FAULTS_FOLD)}>
            Show what is wrong here
          </button>
        </li>
      )}
    </ul>
  );
});
