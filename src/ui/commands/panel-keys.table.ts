/** Keys that act while one panel has the focus; those that act everywhere are the commands' own. */

export interface PanelKey {
  readonly keys: readonly string[];
  readonly text: string;
}

interface PanelKeys {
  readonly panel: string;
  readonly entries: readonly PanelKey[];
}

const PICTURE = [
  { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], text: 'Pan; with Shift further' },
  { keys: ['+', '=', '-'], text: 'Zoom' },
  { keys: ['0'], text: 'Show all of it' },
  { keys: ['m'], text: 'Move what is selected: arrows, then Enter' },
  { keys: ['Enter'], text: 'Open or fold what is selected' },
  { keys: ['Escape'], text: 'Select nothing' },
] as const satisfies readonly PanelKey[];

const EXPLORER = [
  { keys: ['ArrowUp', 'ArrowDown'], text: 'Row before, next row' },
  { keys: ['ArrowLeft', 'ArrowRight'], text: 'Close, open a branch' },
  { keys: ['*'], text: 'Open all branches beside it' },
  { keys: ['Home', 'End', 'PageUp', 'PageDown'], text: 'First, last, a page on or back' },
  { keys: ['Enter', ' '], text: 'Select' },
] as const satisfies readonly PanelKey[];

const TERMINAL = [
  { keys: ['Tab'], text: 'Complete what is typed; on an empty line, go on' },
  { keys: ['ArrowUp', 'ArrowDown', 'Ctrl+p', 'Ctrl+n'], text: 'Line before, line after' },
  { keys: ['Ctrl+r'], text: 'Find a line typed before' },
  { keys: ['Ctrl+a', 'Ctrl+e', 'Home', 'End'], text: 'Start, end of the line' },
  { keys: ['ArrowLeft', 'ArrowRight', 'Ctrl+b', 'Ctrl+f'], text: 'A letter back, on' },
  { keys: ['Alt+b', 'Alt+f', 'Ctrl+ArrowLeft', 'Ctrl+ArrowRight'], text: 'A word back, on' },
  { keys: ['Backspace', 'Ctrl+h', 'Delete', 'Ctrl+d'], text: 'Erase a letter' },
  { keys: ['Ctrl+w', 'Alt+d'], text: 'Cut the word before, after' },
  { keys: ['Ctrl+u', 'Ctrl+k'], text: 'Cut to the start, the end' },
  { keys: ['Ctrl+y'], text: 'Paste what was cut' },
  { keys: ['Ctrl+c'], text: 'Stop the program' },
  { keys: ['Ctrl+l'], text: 'Clear the screen' },
] as const satisfies readonly PanelKey[];

/** What the key sheet says beside the commands. */
export const PANEL_KEYS = [
  {
    panel: 'Everywhere',
    entries: [
      { keys: ['Tab', 'Shift+Tab'], text: 'Next control, control before' },
      { keys: ['Shift+F10'], text: 'Menu of what is chosen: picture, explorer, steps' },
      { keys: ['Escape'], text: 'Close what is open' },
    ],
  },
  { panel: 'Picture', entries: PICTURE },
  {
    panel: 'Explorer',
    entries: [...EXPLORER, { keys: ['A–Z'], text: 'The next row that begins with what is typed' }],
  },
  {
    panel: 'Timeline, lists and tables',
    entries: [
      { keys: ['ArrowUp', 'ArrowDown'], text: 'Row or step before, next' },
      { keys: ['PageUp', 'PageDown'], text: 'Further back or on' },
      { keys: ['Home', 'End'], text: 'First, last' },
      { keys: ['Enter'], text: 'Step into, in the list of steps' },
    ],
  },
  {
    panel: 'Borders between panels',
    entries: [{ keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'], text: 'Move it' }],
  },
  {
    panel: 'Terminal',
    entries: [
      ...TERMINAL,
      { keys: ['Shift+Tab', 'F6'], text: 'Leave the terminal' },
      { keys: ['Ctrl+Shift+c', 'Ctrl+v'], text: 'Copy, paste' },
    ],
  },
] as const satisfies readonly PanelKeys[];

/** What each panel's own keys are, for those who check that they act. */
export const KEYS_OF = { picture: PICTURE, explorer: EXPLORER, terminal: TERMINAL } as const;
