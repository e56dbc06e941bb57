/** Starts captures on one or several devices, with a filter as tcpdump takes it. */
import { useId, useMemo, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { Modal } from '../controls/Modal.tsx';
import { TextField } from '../controls/TextField.tsx';
import type { CaptureSummary } from '../../engine/protocol.ts';
import { placedMessage } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { ALL_CAPTURES } from '../store/slices.ts';
import { INNER_PROTOCOLS, innerFilter, readInnerFilter } from './inner-filter.ts';
import { useActions } from '../store/StoreProvider.tsx';

/** More would be a list, not a form. */
const MOST_DEVICES = 8;

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
            text: `${link.name}${space.name === '' ? '' : ` in ${space.name}`}, ${machine.name}`,
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
  const [chosen, setChosen] = useState<readonly string[]>([
    (wanted ?? tunnel ?? places.find((other) => other.device !== 'lo') ?? places[0])?.value ?? '',
  ]);
  const [filter, setFilter] = useState('');
  const inner = readInnerFilter(filter);
  const [vlan, setVlan] = useState('');
  const known = new Map(places.map((place) => [place.value, place]));
  const listened = chosen.flatMap((value) => known.get(value) ?? []);
  /** Where the kernel shows what tunnels carried. */
  const unwrapped = listened.find((one) => one.device.startsWith('genev_sys'));
  /** What nothing listens on yet; before all the same device of another machine, where the packet may come by. */
  const last = listened.at(-1);
  const rank = ({ host: machine, device: link }: (typeof places)[number]): number =>
    link === last?.device && link !== 'lo' ? 0 : link === 'lo' ? 3 : machine === last?.host ? 1 : 2;
  const [next] = places
    .filter(({ value }) => !chosen.includes(value))
    .toSorted((one, other) => rank(one) - rank(other));
  const start = useMutation({
    mutationFn: async (text: string): Promise<readonly CaptureSummary[]> => {
      const begun: CaptureSummary[] = [];
      try {
        for (const { host: machine, namespace: space, device: link } of listened)
          begun.push(
            await session.call('captureStart', {
              host: machine,
              namespace: space,
              device: link,
              filter: text,
            }),
          );
      } catch (error) {
        // All of them or none.
        for (const { id } of begun) await session.call('captureStop', { id });
        throw error;
      }
      return begun;
    },
    onSuccess: (captures) => {
      showCapture(captures.length > 1 ? ALL_CAPTURES : (captures[0]?.id ?? ALL_CAPTURES));
      closeDialog();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (listened.length > 0) start.mutate(filter.trim());
  };
  return (
    <Modal
      title="Capture"
      description="Listens on devices, as tcpdump does, until it is stopped."
      open
      onClose={closeDialog}
      width={420}
      footer={
        <Button
          weight="line"
          type="submit"
          form={form}
          glyph="packet"
          disabled={listened.length === 0 || start.isPending}
        >
          Start
        </Button>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        {chosen.map((value, at) => (
          <div key={at} className="capture-device">
            <Choice
              label={at === 0 ? 'Device' : `Device ${at + 1}`}
              value={value}
              options={places.filter((place) => place.value === value || !chosen.includes(place.value))}
              onChange={(other) => setChosen(chosen.with(at, other))}
            />
            {chosen.length > 1 && (
              <IconButton
                glyph="cross"
                size={14}
                label={`Do not listen on ${known.get(value)?.text ?? value}`}
                onClick={() => setChosen(chosen.toSpliced(at, 1))}
              />
            )}
          </div>
        ))}
        {next && chosen.length < MOST_DEVICES && (
          <Button glyph="plus" onClick={() => setChosen([...chosen, next.value])}>
            Another device
          </Button>
        )}
        {tunnel && (
          <div className="capture-inner">
            <Choice
              label="Inside Geneve"
              value={inner.protocol}
              options={[...INNER_PROTOCOLS]}
              onChange={(value) =>
                setFilter(innerFilter(INNER_PROTOCOLS.find((one) => one.value === value)?.value ?? '', vlan))
              }
            />
            <TextField
              label="VLAN tag outside"
              mono
              inputMode="numeric"
              placeholder="none"
              value={vlan}
              onChange={(value) => {
                setVlan(value);
                if (inner.protocol !== '') setFilter(innerFilter(inner.protocol, value));
              }}
            />
          </div>
        )}
        <TextField
          label="Filter"
          mono
          placeholder="icmp or arp"
          hint={
            inner.protocol !== '' && unwrapped
              ? `On ${unwrapped.device} the tunnel is off already: there, ${inner.protocol} alone`
              : 'Empty for every packet'
          }
          value={filter}
          onChange={setFilter}
          problem={start.isError ? placedMessage(start.error) : ''}
        />
      </form>
    </Modal>
  );
}
