/** The colours and fonts that both pens draw with: token values, read from the page or taken from the constant tables. */
import { COLOURS } from './theme.table.ts';

export type ColourToken = keyof (typeof COLOURS)['light'];

export interface Theme {
  readonly name: 'light' | 'dark';
  readonly colours: Readonly<Record<ColourToken, string>>;
  readonly fontUi: string;
  readonly fontMono: string;
}

const FONT_UI =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif';
const FONT_MONO = 'Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/** For export, and where there is no page. */
export const LIGHT_THEME: Theme = {
  name: 'light',
  colours: COLOURS.light,
  fontUi: FONT_UI,
  fontMono: FONT_MONO,
};
export const DARK_THEME: Theme = {
  name: 'dark',
  colours: COLOURS.dark,
  fontUi: FONT_UI,
  fontMono: FONT_MONO,
};

/** The theme in force at `element`, from its CSS custom properties; a property that is not set keeps the table's value. */
export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const base = style.colorScheme.includes('dark') ? DARK_THEME : LIGHT_THEME;
  const read = (token: string, otherwise: string): string =>
    style.getPropertyValue(`--${token}`).trim() || otherwise;
  const colours = Object.fromEntries(
    Object.entries(base.colours).map(([token, value]) => [token, read(token, value)]),
  ) as Record<ColourToken, string>;
  return {
    name: base.name,
    colours,
    fontUi: read('font-ui', FONT_UI),
    fontMono: read('font-mono', FONT_MONO),
  };
}
