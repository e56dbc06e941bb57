/** The terminal's colours, from the page's tokens. */
import type { ITheme } from '@xterm/xterm';

/** Read again when the page's theme changes. */
export function screenTheme(element: Element): ITheme {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    background: token('surface'),
    foreground: token('text'),
    cursor: token('accent'),
    cursorAccent: token('surface'),
    selectionBackground: token('accent-line'),
    selectionInactiveBackground: token('surface-3'),
    red: token('drop'),
    brightRed: token('drop'),
    green: token('ok'),
    brightGreen: token('ok'),
    yellow: token('warn'),
    brightYellow: token('warn'),
    blue: token('accent'),
    brightBlue: token('accent'),
  };
}
