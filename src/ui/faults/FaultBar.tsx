/** Over the picture while something is broken on purpose: what, and the way to mend it. */
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import { faultText, subjectOfFault } from './fault-words.ts';
import { useFaults } from './use-faults.ts';
import './faults.css';

export function FaultBar() {
  const { snapshot } = useWorld();
  const { select } = useActions();
  const { lasting, set } = useFaults();
  if (lasting.length === 0) return null;
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
    </ul>
  );
}
