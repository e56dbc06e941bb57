import { describe, expect, it } from 'vitest';
import { emptyLine, press, type LineState } from './line-editor.ts';

const HISTORY = ['ovn-nbctl show', 'ip link', 'ovn-sbctl show'];
const NAMED: Readonly<Record<string, string>> = {
  left: '\x1b[D',
  right: '\x1b[C',
  up: '\x1b[A',
  down: '\x1b[B',
  home: '\x1b[H',
  end: '\x1b[F',
  delete: '\x1b[3~',
  back: '\x7f',
  'C-left': '\x1b[1;5D',
  'C-right': '\x1b[1;5C',
  'C-a': '\x01',
  'C-e': '\x05',
  'C-k': '\x0b',
  'C-u': '\x15',
  'C-w': '\x17',
  'C-y': '\x19',
  'C-r': '\x12',
  'C-g': '\x07',
  f5: '\x1b[15~',
};

/** Keys as `<name>`, other text as typed; the result has `|` where the cursor is. */
function type(keys: string): string {
  let state: LineState = emptyLine(HISTORY);
  for (const [part, name] of keys.matchAll(/<([^>]+)>|./g))
    state = press(state, name === undefined ? part : (NAMED[name] ?? part)).state;
  return `${state.text.slice(0, state.cursor)}|${state.text.slice(state.cursor)}`;
}

describe('line editor', () => {
  it.each([
    ['', '|'],
    ['ip a', 'ip a|'],
    ['ip a<left><left>x', 'ipx| a'],
    ['ab<back><back><back>c', 'c|'],
    ['abc<home><delete>', '|bc'],
    ['abc<left><delete><delete>', 'ab|'],
    ['one two<C-left>x', 'one x|two'],
    ['one two<home><C-right>x', 'onex| two'],
    ['one two<C-w>', 'one |'],
    ['one two<C-a><C-k><C-y><C-y>', 'one twoone two|'],
    ['one two<C-u>', '|'],
    ['<up>', 'ovn-sbctl show|'],
    ['<up><up>', 'ip link|'],
    ['<up><up><up><up>', 'ovn-nbctl show|'],
    ['ne<up><down>w', 'new|'],
    ['<down>', '|'],
    ['<C-r>show', 'ovn-sbctl |show'],
    ['<C-r>show<C-r>', 'ovn-nbctl |show'],
    ['<C-r>zz<end>', '|'],
    ['<C-r>link<end> set', 'ip link set|'],
    ['<C-r>link<C-g>', '|'],
    ['<f5>a', 'a|'],
  ])('%j gives %j', (keys, expected) => expect(type(keys)).toBe(expected));

  it.each([
    ['\r', 'enter'],
    ['\t', 'complete'],
    ['\x03', 'interrupt'],
    ['\x0c', 'clear'],
    ['a', 'none'],
  ])('%j means %s', (key, effect) => expect(press(emptyLine([]), key).effect).toBe(effect));
});
