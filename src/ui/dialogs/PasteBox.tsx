/** A place to paste outputs of a real deployment: they open as a network of what they say. */
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { LongText } from '../controls/LongText.tsx';
import { useServices } from '../shell/Services.tsx';

const NAME = 'pasted outputs';

export function PasteBox({ onChosen }: { readonly onChosen?: () => void }) {
  const { opener } = useServices();
  const [text, setText] = useState('');
  return (
    <details className="paste-box">
      <summary>Paste outputs of a deployment</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // What could not be read stays to be mended.
          void opener
            .openAs(NAME, [{ name: NAME, octets: new TextEncoder().encode(text) }])
            .then((opened) => opened && onChosen?.());
        }}
      >
        <LongText
          name="Outputs"
          label={
            <>
              <code>virsh</code>, <code>brctl</code>, <code>bridge</code>, <code>ip</code>,{' '}
              <code>ovs-vsctl show</code>, <code>ovs-ofctl show</code>, <code>openstack server list</code> and{' '}
              <code>port list</code>, <code>ovn-nbctl show</code>, <code>pcs status</code>,{' '}
              <code>podman ps</code>, as text or JSON; several at once, with their prompts. What they do not
              say is marked as unknown.
            </>
          }
          rows={8}
          placeholder={'[root@hypervisor ~]# brctl show\n…'}
          value={text}
          onChange={setText}
        />
        <Button type="submit" weight="line" disabled={text.trim() === ''}>
          Open what is pasted
        </Button>
      </form>
    </details>
  );
}
