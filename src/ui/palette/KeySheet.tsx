/** Every key that does something, by what it is for. */
import { Modal } from '../controls/Modal.tsx';
import { keyText } from '../commands/key-text.ts';
import { PANEL_KEYS } from '../commands/panel-keys.table.ts';
import type { Command } from '../commands/use-commands.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

const GROUPS: readonly Command['group'][] = ['Step', 'Look', 'Do', 'Document'];

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
        {PANEL_KEYS.map(({ panel, entries }) => (
          <Group key={panel} title={panel} entries={entries} />
        ))}
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
