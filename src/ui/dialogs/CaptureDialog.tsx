/** Starts a capture on a device, with a filter as tcpdump takes it. */
import { useId, useMemo, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Modal } from '../controls/Modal.tsx';
import { TextField } from '../controls/TextField.tsx';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';

interface CaptureDialogProps {
  readonly host: string | null;
  readonly namespace: string;
  readonly device: string | null;
}

export function CaptureDialog({ host, namespace, device }: CaptureDialogProps) {
  const session = useSession();
  const { snapshot } = useWorld();
  const { closeDialog, showCapture } = useActions();
  const form = useId();
  const places = useMemo(
    () =>
      snapshot.hosts.flatMap((machine) =>
        machine.namespaces.flatMap((space) =>
          space.links.map((link) => ({
            value: `${machine.name}/${space.name}/${link.name}`,
            text: space.name === '' ? link.name : `${link.name} in ${space.name}`,
            group: machine.name,
            host: machine.name,
            namespace: space.name,
            device: link.name,
          })),
        ),
      ),
    [snapshot],
  );
  const tunnel = places.find((other) => other.device.startsWith('genev_sys'));
  const wanted =
    host === null
      ? undefined
      : places.find(
          (other) =>
            other.host === host &&
            other.namespace === namespace &&
            (device === null || other.device === device),
        );
  const [chosen, setChosen] = useState((wanted ?? tunnel ?? places[0])?.value ?? '');
  const [filter, setFilter] = useState('');
  const place = places.find((other) => other.value === chosen);
  const start = useMutation({
    mutationFn: (ask: { host: string; namespace: string; device: string; filter: string }) =>
      session.call('captureStart', ask),
    onSuccess: (capture) => {
      showCapture(capture.id);
      closeDialog();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (place)
      start.mutate({
        host: place.host,
        namespace: place.namespace,
        device: place.device,
        filter: filter.trim(),
      });
  };
  return (
    <Modal
      title="Capture"
      description="Listens on a device, as tcpdump does, until it is stopped."
      open
      onClose={closeDialog}
      width={420}
      footer={
        <Button weight="line" type="submit" form={form} glyph="packet" disabled={!place || start.isPending}>
          Start
        </Button>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        <Choice label="Device" value={chosen} options={places} onChange={setChosen} />
        <TextField
          label="Filter"
          mono
          placeholder="icmp or arp"
          hint="Empty for every packet"
          value={filter}
          onChange={setFilter}
          problem={start.isError ? failureOf(start.error).message : ''}
        />
      </form>
    </Modal>
  );
}
