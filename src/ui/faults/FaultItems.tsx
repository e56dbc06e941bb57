/** The faults of a thing as entries of its menu. */
import { Menu } from '@base-ui/react/menu';
import type { Subject } from '../../engine/protocol.ts';
import { MenuItem } from '../controls/MenuItem.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { possibleFaults, sameFault } from './fault-words.ts';
import { useFaults } from './use-faults.ts';

export function FaultItems({ subject }: { readonly subject: Subject }) {
  const { snapshot } = useWorld();
  const { lasting, hasHidden, set } = useFaults();
  const possible = possibleFaults(subject, snapshot).filter(
    ({ fault }) => !hasHidden || fault.kind !== 'release',
  );
  if (possible.length === 0) return null;
  const ends = new Set<string>();
  return (
    <>
      <Menu.Separator className="menu-rule" />
      {possible.map(({ fault, on, off }) => {
        const lasts = lasting.some((other) => sameFault(other, fault));
        // Of a fault that lasts, one entry ends it, whatever its measure.
        if (lasts && ends.has(off)) return null;
        if (lasts) ends.add(off);
        return (
          <MenuItem key={on} glyph={lasts ? 'check' : 'warn'} onClick={() => set(fault, !lasts)}>
            {lasts ? off : on}
          </MenuItem>
        );
      })}
    </>
  );
}
