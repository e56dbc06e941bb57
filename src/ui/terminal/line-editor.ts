/** Editing of one typed line, as readline does it: a pure step from state and key to state. History and running are told, not done. */

export interface LineState {
  readonly text: string;
  readonly cursor: number;
  /** What Ctrl+Y puts back. */
  readonly killed: string;
  /** Lines entered before, oldest first. */
  readonly history: readonly string[];
  /** Which line of the history is shown; `history.length` is the new line. */
  readonly at: number;
  /** The new line, kept while the history is looked through. */
  readonly draft: string;
  /** The text looked for backwards with Ctrl+R, or null. */
  readonly search: string | null;
}

type LineEffect = 'none' | 'enter' | 'complete' | 'interrupt' | 'clear';

export interface LineStep {
  readonly state: LineState;
  readonly effect: LineEffect;
}

export function emptyLine(history: readonly string[]): LineState {
  return { text: '', cursor: 0, killed: '', history, at: history.length, draft: '', search: null };
}

/** Puts text in at the cursor. */
export function insert(state: LineState, text: string): LineState {
  return {
    ...state,
    text: state.text.slice(0, state.cursor) + text + state.text.slice(state.cursor),
    cursor: state.cursor + text.length,
  };
}

const wordLeft = ({ text, cursor }: LineState): number => {
  let at = cursor;
  while (at > 0 && text[at - 1] === ' ') at -= 1;
  while (at > 0 && text[at - 1] !== ' ') at -= 1;
  return at;
};

const wordRight = ({ text, cursor }: LineState): number => {
  let at = cursor;
  while (at < text.length && text[at] === ' ') at += 1;
  while (at < text.length && text[at] !== ' ') at += 1;
  return at;
};

function cut(state: LineState, from: number, to: number): LineState {
  return {
    ...state,
    text: state.text.slice(0, from) + state.text.slice(to),
    cursor: from,
    killed: state.text.slice(from, to) || state.killed,
  };
}

function erase(state: LineState, from: number, to: number): LineState {
  return { ...cut(state, from, to), killed: state.killed };
}

function recall(state: LineState, at: number): LineState {
  if (at < 0 || at > state.history.length || at === state.at) return state;
  const draft = state.at === state.history.length ? state.text : state.draft;
  const text = at === state.history.length ? draft : (state.history[at] ?? '');
  return { ...state, at, draft, text, cursor: text.length };
}

/** The newest line before `before` that holds `wanted`, or -1. */
function findBack(history: readonly string[], wanted: string, before: number): number {
  for (let at = before - 1; at >= 0; at -= 1) if (history[at]?.includes(wanted)) return at;
  return -1;
}

function searched(state: LineState, search: string, before: number): LineState {
  const at = findBack(state.history, search, before);
  if (at < 0) return { ...state, search };
  const text = state.history[at] ?? '';
  return { ...state, search, at, text, cursor: Math.max(0, text.indexOf(search)) };
}

type Move = (state: LineState) => LineState;

const KEYS: Readonly<Record<string, Move>> = {
  '\x7f': (state) => erase(state, Math.max(0, state.cursor - 1), state.cursor),
  '\b': (state) => erase(state, Math.max(0, state.cursor - 1), state.cursor),
  '\x1b[3~': (state) => erase(state, state.cursor, Math.min(state.text.length, state.cursor + 1)),
  '\x04': (state) => erase(state, state.cursor, Math.min(state.text.length, state.cursor + 1)),
  '\x1b[D': (state) => ({ ...state, cursor: Math.max(0, state.cursor - 1) }),
  '\x02': (state) => ({ ...state, cursor: Math.max(0, state.cursor - 1) }),
  '\x1b[C': (state) => ({ ...state, cursor: Math.min(state.text.length, state.cursor + 1) }),
  '\x06': (state) => ({ ...state, cursor: Math.min(state.text.length, state.cursor + 1) }),
  '\x1b[H': (state) => ({ ...state, cursor: 0 }),
  '\x01': (state) => ({ ...state, cursor: 0 }),
  '\x1b[F': (state) => ({ ...state, cursor: state.text.length }),
  '\x05': (state) => ({ ...state, cursor: state.text.length }),
  '\x1b[1;5D': (state) => ({ ...state, cursor: wordLeft(state) }),
  '\x1bb': (state) => ({ ...state, cursor: wordLeft(state) }),
  '\x1b[1;5C': (state) => ({ ...state, cursor: wordRight(state) }),
  '\x1bf': (state) => ({ ...state, cursor: wordRight(state) }),
  '\x15': (state) => cut(state, 0, state.cursor),
  '\x0b': (state) => cut(state, state.cursor, state.text.length),
  '\x17': (state) => cut(state, wordLeft(state), state.cursor),
  '\x1bd': (state) => cut(state, state.cursor, wordRight(state)),
  '\x19': (state) => insert(state, state.killed),
  '\x1b[A': (state) => recall(state, state.at - 1),
  '\x10': (state) => recall(state, state.at - 1),
  '\x1b[B': (state) => recall(state, state.at + 1),
  '\x0e': (state) => recall(state, state.at + 1),
};

const isText = (key: string): boolean =>
  Array.from({ length: key.length }, (_, at) => key.charAt(at)).every(
    (unit) => unit >= ' ' && unit !== '\x7f',
  );

function searchKey(state: LineState, search: string, key: string): LineStep | null {
  if (key === '\x12') return { state: searched(state, search, state.at), effect: 'none' };
  if (key === '\x7f' || key === '\b')
    return { state: searched(state, search.slice(0, -1), state.history.length), effect: 'none' };
  if (key === '\x07') return { state: { ...emptyLine(state.history), killed: state.killed }, effect: 'none' };
  if (isText(key)) return { state: searched(state, search + key, state.history.length), effect: 'none' };
  return null; // any other key takes the line that was found, and acts on it
}

/** One key or piece of typed text, as a terminal sends it. */
export function press(state: LineState, key: string): LineStep {
  if (state.search !== null) {
    const step = searchKey(state, state.search, key);
    if (step) return step;
    return press({ ...state, search: null }, key);
  }
  switch (key) {
    case '\r':
      return { state, effect: 'enter' };
    case '\t':
      return { state, effect: 'complete' };
    case '\x03':
      return { state, effect: 'interrupt' };
    case '\x0c':
      return { state, effect: 'clear' };
    case '\x12':
      return { state: { ...state, search: '' }, effect: 'none' };
  }
  const move = KEYS[key];
  if (move) return { state: move(state), effect: 'none' };
  return { state: isText(key) ? insert(state, key) : state, effect: 'none' };
}
