/** Light, dark, or as the system says. */
import { Menu } from '@base-ui/react/menu';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { Theme } from '../store/slices.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

const THEMES: readonly { readonly value: Theme; readonly text: string }[] = [
  { value: 'system', text: 'As the system' },
  { value: 'light', text: 'Light' },
  { value: 'dark', text: 'Dark' },
];

export function ThemeMenu() {
  const theme = usePage((state) => state.preferences.theme);
  const { setTheme } = useActions();
  return (
    <Menu.Root>
      <Menu.Trigger render={<IconButton glyph="theme" label="Theme" />} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="float">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => setTheme(value)}>
              {THEMES.map(({ value, text }) => (
                <Menu.RadioItem key={value} value={value} className="menu-item" closeOnClick>
                  <span className="menu-check">
                    <Menu.RadioItemIndicator>
                      <Glyph name="check" size={12} />
                    </Menu.RadioItemIndicator>
                  </span>
                  {text}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
