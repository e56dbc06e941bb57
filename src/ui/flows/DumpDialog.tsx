/** A bridge from what ovs-ofctl printed somewhere else: pasted, opened as a bridge of its own, and then traced like any other. */
import { useState, type FormEvent } from 'react';
import { Button } from '../controls/Button.tsx';
import { LongText } from '../controls/LongText.tsx';
import { Modal } from '../controls/Modal.tsx';
import { useServices } from '../shell/Services.tsx';
import './flows.css';

const PARTS = [
  { name: 'flows', label: 'Flows', command: 'ovs-ofctl dump-flows BRIDGE', rows: 8 },
  { name: 'ports', label: 'Ports, if at hand', command: 'ovs-ofctl show BRIDGE', rows: 3 },
  {
    name: 'groups',
    label: 'Groups, if at hand',
    command: 'ovs-ofctl -O OpenFlow15 dump-groups BRIDGE',
    rows: 3,
  },
] as const;

type Texts = Readonly<Record<(typeof PARTS)[number]['name'], string>>;

export function DumpDialog({ onClose }: { readonly onClose: () => void }) {
  const { opener } = useServices();
  const [texts, setTexts] = useState<Texts>({ flows: '', ports: '', groups: '' });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const files = PARTS.flatMap(({ name }) =>
      texts[name].trim() === '' ? [] : [new File([texts[name]], `${name}.txt`, { type: 'text/plain' })],
    );
    onClose();
    void opener.openFiles(files);
  };
  return (
    <Modal
      title="Paste a dump"
      description="The flows open as a bridge of their own. What is open now stays on its shelf."
      open
      onClose={onClose}
      width={640}
    >
      <form className="dump-form" onSubmit={submit}>
        {PARTS.map(({ name, label, command, rows }) => (
          <LongText
            key={name}
            label={
              <>
                {label} <code className="quiet">{command}</code>
              </>
            }
            rows={rows}
            value={texts[name]}
            onChange={(text) => setTexts({ ...texts, [name]: text })}
          />
        ))}
        <div className="dump-foot">
          <Button type="submit" weight="primary" disabled={texts.flows.trim() === ''}>
            Open
          </Button>
        </div>
      </form>
    </Modal>
  );
}
