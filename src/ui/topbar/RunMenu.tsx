/** Which run is in view: a line under the document's name that opens to all of them. */
import { Menu } from '@base-ui/react/menu';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';

/** Runs listed; older ones are reached by the palette. */
const LISTED = 40;

export function RunMenu() {
  const { runs, run } = useWorld();
  const { goTo, showDock } = useActions();
  if (!run) return null;
  const newest = runs.at(-1);
  return (
    <Menu.Root>
      <Menu.Trigger className="run-menu" aria-label={`Run: ${run.title}`}>
        <span>{run.title}</span>
        <Glyph name="chevd" size={12} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="float">
          <Menu.Popup className="menu">
            <Menu.RadioGroup
              value={run.id}
              onValueChange={(id: number) => {
                goTo(0, id === newest?.id ? null : id);
                showDock('trace');
              }}
            >
              {runs
                .slice(-LISTED)
                .toReversed()
                .map((other) => (
                  <Menu.RadioItem key={other.id} value={other.id} className="menu-item" closeOnClick>
                    <span className="menu-check">
                      <Menu.RadioItemIndicator>
                        <Glyph name="check" size={12} />
                      </Menu.RadioItemIndicator>
                    </span>
                    {other.title}
                    <span className="menu-note">{other.steps} steps</span>
                  </Menu.RadioItem>
                ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
