/** Every key that does something, by what it is for. */
import { Modal } from '../controls/Modal.tsx';
import { keyText } from '../commands/key-text.ts';
import type { Command } from '../commands/use-commands.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

const GROUPS: readonly Command['group'][] = ['Step', 'Look', 'Do', 'Document'];

const ELSEWHERE: readonly { readonly keys: readonly string[]; readonly text: string }[] = [
  { keys: ['Tab'], text: 'Next control' },
  { keys: ['ArrowUp', 'ArrowDown'], text: 'Move in a tree or list' },
  { keys: ['ArrowLeft', 'ArrowRight'], text: 'Close or open a branch' },
  { keys: ['Enter'], text: 'Select what is under the mark' },
  { keys: ['Shift+F10'], text: 'Menu of a thing in the explorer, or of a step' },
  { keys: ['PageUp', 'PageDown'], text: 'Ten steps on or back, in the timeline and lists' },
  { keys: ['+', '-', '0'], text: 'Zoom and fit, in the picture; arrows pan' },
  { keys: ['Shift+Tab'], text: 'Leave the terminal' },
  { keys: ['Ctrl+c'], text: 'Stop a program, in the terminal' },
];

export function KeySheet({ commands }: { readonly commands: readonly Command[] }) {
  const open = usePage((state) => state.viewport.dialog?.kind === 'keys');
  const { closeDialog } = useActions();
  return (
    <Modal title="Keyboard shortcuts" open={open} onClose={closeDialog} width={720} onlyText>
      <div className="key-sheet">
        {GROUPS.map((group) => (
          <Group
            key={group}
            title={group}
            entries={commands.filter((command) => command.group === group && command.keys.length > 0)}
          />
        ))}
        <Group title="In panels" entries={ELSEWHERE} />
      </div>
    </Modal>
  );
}

interface GroupProps {
  readonly title: string;
  readonly entries: readonly { readonly keys: readonly string[]; readonly text: string }[];
}

function Group({ title, entries }: GroupProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {entries.map(({ text, keys }) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{keyText(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
