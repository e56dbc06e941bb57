import { expect, it } from 'vitest';
import { keyText } from './key-text.ts';
import { keyOf } from './use-hotkeys.ts';

const codeOf = (key: string): string => (/^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`);
const event = (key: string, ...modifiers: ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]) => ({
  key,
  code: codeOf(key),
  ctrlKey: modifiers.includes('ctrlKey'),
  metaKey: modifiers.includes('metaKey'),
  altKey: modifiers.includes('altKey'),
  shiftKey: modifiers.includes('shiftKey'),
});

it.each([
  [event('n'), 'n', 'N'],
  [event('?', 'shiftKey'), '?', '?'],
  [event('F11', 'shiftKey'), 'Shift+F11', 'Shift F11'],
  [event('K', 'ctrlKey'), 'Ctrl+k', 'Ctrl K'],
  [event('k', 'metaKey'), 'Ctrl+k', 'Ctrl K'],
  [event('Z', 'ctrlKey', 'shiftKey'), 'Ctrl+Shift+z', 'Ctrl Shift Z'],
  [event('1', 'altKey'), 'Alt+1', 'Alt 1'],
  [{ ...event('!', 'altKey', 'shiftKey'), code: 'Digit1' }, 'Alt+Shift+1', 'Alt Shift 1'],
  [{ ...event('∫', 'altKey'), code: 'KeyB' }, 'Alt+b', 'Alt B'],
  [event(' '), ' ', 'Space'],
  [event('+'), '+', '+'],
  [event('ArrowLeft'), 'ArrowLeft', '←'],
])('%j is %s, written %s', (pressed, keys, text) => {
  expect(keyOf(pressed)).toBe(keys);
  expect(keyText(keys)).toBe(text);
});
