/** A ping from one place to another; the run that it makes is shown from its start. */
import { useId, useMemo, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Modal } from '../controls/Modal.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import { likelyDestination, pingEnds } from './ends.ts';

interface PingDialogProps {
  readonly host: string | null;
  readonly namespace: string | null;
  readonly destination: string | null;
}

export function PingDialog({ host, namespace, destination: asked }: PingDialogProps) {
  const { terminals } = useServices();
  const { snapshot } = useWorld();
  const { closeDialog, goTo, showDock, showNarrow } = useActions();
  const list = useId();
  const ends = useMemo(() => pingEnds(snapshot), [snapshot]);
  const sources = useMemo(() => [...new Map(ends.map((end) => [end.key, end])).values()], [ends]);
  const wanted =
    host === null
      ? undefined
      : sources.find((end) => end.host === host && (namespace === null || end.namespace === namespace));
  // To a given place one pings from elsewhere.
  const elsewhere = sources.find((end) => asked === null || end.address !== asked);
  const [source, setSource] = useState((wanted ?? elsewhere ?? sources[0])?.key ?? '');
  const from = sources.find((end) => end.key === source);
  const [typed, setTyped] = useState<string | null>(asked);
  const destination = typed ?? likelyDestination(ends, from);
  const [count, setCount] = useState('1');
  const command = from
    ? `${from.namespace === '' ? '' : `ip netns exec ${from.namespace} `}ping ${destination.trim()} -c ${count.trim()}`
    : '';
  // Typed into the machine's terminal, so that it is in the document like every other command.
  const ping = useMutation({
    mutationFn: (host: string) => terminals.of(host).run(command),
    onSuccess: () => {
      goTo(0, null);
      showDock('trace');
      showNarrow('packet');
      closeDialog();
    },
  });
  const number = Number(count);
  const countProblem = /^\d{1,4}$/.test(count) && number > 0 ? '' : 'A number from 1';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!from || destination.trim() === '' || countProblem !== '') return;
    ping.mutate(from.host);
  };
  return (
    <Modal
      title="Ping"
      description="Every step of the packets is recorded."
      open
      onClose={() => {
        if (ping.isPending && from) terminals.of(from.host).interrupt();
        closeDialog();
      }}
      width={420}
      footer={
        <>
          {ping.isPending && <output className="modal-state">Pinging</output>}
          <Button
            weight="line"
            type="submit"
            form={`${list}-form`}
            glyph="ping"
            disabled={!from || destination.trim() === '' || countProblem !== '' || ping.isPending}
          >
            Ping
          </Button>
        </>
      }
    >
      {sources.length === 0 ? (
        <p>No device has an address yet.</p>
      ) : (
        <form id={`${list}-form`} className="form" onSubmit={submit}>
          <Choice
            label="From"
            value={source}
            options={sources.map((end) => ({ value: end.key, text: end.text }))}
            onChange={(value) => {
              setSource(value);
              setTyped(null);
            }}
          />
          <div className="form-row">
            <TextField label="To" mono value={destination} list={list} onChange={setTyped} />
            <TextField
              label="Count"
              mono
              inputMode="numeric"
              value={count}
              onChange={setCount}
              problem={countProblem}
            />
          </div>
          <datalist id={list}>
            {ends.map((end) => (
              <option key={end.key + end.address} value={end.address}>
                {end.text}
              </option>
            ))}
          </datalist>
          {from && <code className="form-command">{command}</code>}
        </form>
      )}
    </Modal>
  );
}
