/** On a narrow page, what the bar has no room for. */
import { Menu } from '@base-ui/react/menu';
import { IconButton } from '../controls/IconButton.tsx';
import { LEVELS } from '../dock/LevelChoice.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { MenuItem } from '../controls/MenuItem.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import { shownLenses } from '../store/lenses.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { PING } from '../compose/new-packet.ts';

export function MoreMenu() {
  const { openDialog, setLens, setLevel, setTheme } = useActions();
  const level = usePage((state) => state.playback.level);
  const lens = usePage((state) => state.viewport.lens);
  const { snapshot } = useWorld();
  const theme = useThemeInForce();
  const item = (glyph: GlyphName, text: string, run: () => void) => (
    <MenuItem glyph={glyph} onClick={run}>
      {text}
    </MenuItem>
  );
  return (
    <Menu.Root>
      <Menu.Trigger render={<IconButton glyph="more" label="More" />} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="float">
          <Menu.Popup className="menu">
            {shownLenses(snapshot, lens).map((one) =>
              one.lens === lens ? null : (
                <Menu.Group key={one.lens}>
                  {item(one.glyph, `${one.text} lens`, () => setLens(one.lens))}
                </Menu.Group>
              ),
            )}
            <Menu.Separator className="menu-rule" />
            <Menu.RadioGroup value={level} onValueChange={setLevel} aria-label="Step by">
              {LEVELS.map(({ value, text }) => (
                <Menu.RadioItem key={value} value={value} className="menu-item" closeOnClick>
                  <span className="menu-check">
                    <Menu.RadioItemIndicator>
                      <Glyph name="check" size={12} />
                    </Menu.RadioItemIndicator>
                  </span>
                  {`Step by ${text.toLowerCase()}`}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="menu-rule" />
            {item('ping', 'Ping', () => openDialog({ kind: 'compose', draft: PING }))}
            {item('open', 'Open', () => openDialog({ kind: 'open' }))}
            {item('share', 'Share', () => openDialog({ kind: 'share' }))}
            {item('export', 'Export', () => openDialog({ kind: 'export' }))}
            <Menu.Separator className="menu-rule" />
            {item('theme', theme === 'dark' ? 'Light theme' : 'Dark theme', () =>
              setTheme(theme === 'dark' ? 'light' : 'dark'),
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
