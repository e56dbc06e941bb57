/** Runs commands by their keys. Letters act only where nothing is being typed; function keys and Ctrl combinations act everywhere. */
import { useEffect } from 'react';
import type { Command } from './use-commands.ts';
import { usePage } from '../store/StoreProvider.tsx';

/** A key event as commands write it. */
export function keyOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const plain = event.key.length === 1;
  // With Alt many layouts print another character, or what Shift makes of a digit: the place of the key counts.
  const placed = event.altKey ? /^(?:Digit|Key)(.)$/.exec(event.code)?.[1]?.toLowerCase() : undefined;
  const key = placed ?? (plain && (event.ctrlKey || event.metaKey) ? event.key.toLowerCase() : event.key);
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  const alt = event.altKey ? 'Alt+' : '';
  // With a plain character, Shift is in the character already.
  const shift = event.shiftKey && (!plain || control !== '' || placed !== undefined) ? 'Shift+' : '';
  return `${control}${alt}${shift}${key}`;
}

const actsAnywhere = (key: string): boolean =>
  /^(Shift\+)?F\d+$/.test(key) || key === 'Ctrl+k' || key === 'Ctrl+o' || key.startsWith('Alt+');

/** Whether the focus is on something that takes `key` itself. */
function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, [contenteditable], .xterm')) return true;
  const moves = key.startsWith('Arrow') || key === 'Home' || key === 'End' || key === 'Enter' || key === ' ';
  if (moves)
    return (
      target.closest(
        'button, a, [role="tree"], [role="grid"], [role="slider"], [role="separator"], [role="tab"], canvas, [data-keys]',
      ) !== null
    );
  // Letters look a row up by its first letters.
  return key.length === 1 && /[a-z0-9]/i.test(key) && target.closest('[role="tree"]') !== null;
}

export function useHotkeys(commands: readonly Command[]): void {
  const dialog = usePage((state) => state.viewport.dialog !== null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || dialog) return;
      const key = keyOf(event);
      const command = commands.find((other) => other.keys.includes(key));
      if (!command || (!actsAnywhere(key) && takesKey(event.target, key))) return;
      event.preventDefault();
      if (command.enabled) command.run();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [commands, dialog]);
}
