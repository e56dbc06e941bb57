/** Moves the focus from panel to panel: explorer, picture, inspector, dock. */

const ENTRIES = [
  '.explorer-tree',
  '.picture-canvas',
  '.inspector [role="tab"][aria-selected="true"]',
  '.dock-head [role="tab"][aria-selected="true"]',
  '.xterm-helper-textarea',
] as const;

/** `by` 1 for the next panel, -1 for the one before. Panels that are not on the page are passed over. */
export function focusPanel(by: 1 | -1): void {
  const there = ENTRIES.map((entry) => document.querySelector<HTMLElement>(entry)).filter(
    (element) => element !== null,
  );
  const holder = document.activeElement?.closest('.explorer, .picture, .inspector, .terminal-screen, .dock');
  const at = there.findIndex((element) => holder?.contains(element));
  const next = at < 0 ? (by > 0 ? 0 : there.length - 1) : (at + by + there.length) % there.length;
  there[next]?.focus();
}
