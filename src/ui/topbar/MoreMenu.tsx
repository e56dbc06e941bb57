/** On a narrow page, what the bar has no room for. */
import { Menu } from '@base-ui/react/menu';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export function MoreMenu() {
  const { openDialog, setLens, setTheme } = useActions();
  const lens = usePage((state) => state.viewport.lens);
  const theme = useThemeInForce();
  const item = (glyph: GlyphName, text: string, run: () => void) => (
    <Menu.Item className="menu-item" onClick={run}>
      <Glyph name={glyph} />
      {text}
    </Menu.Item>
  );
  return (
    <Menu.Root>
      <Menu.Trigger render={<IconButton glyph="more" label="More" />} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="float">
          <Menu.Popup className="menu">
            {lens !== 'physical' && item('host', 'Physical lens', () => setLens('physical'))}
            {lens !== 'overlay' && item('geneve', 'Overlay lens', () => setLens('overlay'))}
            {lens !== 'logical' && item('lswitch', 'Logical lens', () => setLens('logical'))}
            <Menu.Separator className="menu-rule" />
            {item('ping', 'Ping', () =>
              openDialog({ kind: 'ping', host: null, namespace: null, destination: null }),
            )}
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
