/** @vitest-environment happy-dom */
import { describe, expect, it } from 'vitest';
import { listenToKeys } from '../../diagram/diagram-keys.ts';
import { explorerRows } from '../explorer/explorer-rows.ts';
import { treeKey } from '../explorer/tree-keys.ts';
import { emptyLine, insert, press, type LineState } from '../terminal/line-editor.ts';
import { multinode } from '../../view/fixtures/chassis.ts';
import { KEYS_OF, type PanelKey } from './panel-keys.table.ts';

const LETTERS = Array.from({ length: 26 }, (_, at) => String.fromCodePoint(97 + at));
const NAMED = [
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'Enter',
  'Escape',
  'Backspace',
  'Delete',
  'Insert',
  'Tab',
];

/** Of `candidates`, those that act are those that the sheet names. */
function expectSheet(
  entries: readonly PanelKey[],
  candidates: readonly string[],
  acts: (key: string) => boolean,
): void {
  const named = entries.flatMap(({ keys }) => keys);
  const all = [...new Set([...candidates, ...named])];
  expect(all.filter(acts).toSorted()).toEqual(named.toSorted());
}

describe('the key sheet names what acts, and nothing else', () => {
  it('in the picture', () => {
    const canvas = document.createElement('canvas');
    let acted = false;
    const act = (): void => {
      acted = true;
    };
    const target = {
      panBy: act,
      zoomBy: act,
      fit: act,
      activate: act,
      clear: act,
      grab: act,
      moving: { id: null, by: act, end: act },
    };
    listenToKeys(canvas, target, new AbortController().signal);
    const signs = ['+', '-', '=', '*', '/', '?', ' ', '0', '1', '9'];
    expectSheet(KEYS_OF.picture, [...LETTERS, ...signs, ...NAMED], (key) => {
      acted = false;
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key }));
      return acted;
    });
  });

  it('in the explorer', () => {
    const rows = explorerRows(multinode, [], new Set());
    expectSheet(
      KEYS_OF.explorer,
      [...NAMED, ' ', '*', '+', '-'],
      (key) => treeKey(rows, 1, key, false, '', 5) !== null,
    );
  });

  it('at the prompt of a terminal', () => {
    const codes: Readonly<Record<string, string>> = {
      ArrowUp: '\x1b[A',
      ArrowDown: '\x1b[B',
      ArrowRight: '\x1b[C',
      ArrowLeft: '\x1b[D',
      'Ctrl+ArrowRight': '\x1b[1;5C',
      'Ctrl+ArrowLeft': '\x1b[1;5D',
      Home: '\x1b[H',
      End: '\x1b[F',
      Insert: '\x1b[2~',
      Delete: '\x1b[3~',
      PageUp: '\x1b[5~',
      PageDown: '\x1b[6~',
      Backspace: '\x7f',
      Tab: '\t',
    };
    const sent = (key: string): string => {
      const [, modifier = '', letter = ''] = /^(Ctrl|Alt)\+([a-z])$/.exec(key) ?? [];
      if (modifier === 'Ctrl') return String.fromCodePoint((letter.codePointAt(0) ?? 0) - 96);
      return modifier === 'Alt' ? `\x1b${letter}` : (codes[key] ?? '');
    };
    // In the middle of a line, between two of its history, with something cut.
    const middle: LineState = {
      ...insert(emptyLine(['ip a', 'ip link', 'ip route']), 'ping one two'),
      cursor: 7,
      at: 1,
      killed: 'cut',
    };
    const candidates = LETTERS.flatMap((letter) => [`Ctrl+${letter}`, `Alt+${letter}`])
      // What Tab, Enter and Backspace are to a terminal.
      .filter((key) => key !== 'Ctrl+i' && key !== 'Ctrl+m');
    expectSheet(KEYS_OF.terminal, [...candidates, ...Object.keys(codes)], (key) => {
      const { state, effect } = press(middle, sent(key));
      return effect !== 'none' || JSON.stringify(state) !== JSON.stringify(middle);
    });
  });
});
