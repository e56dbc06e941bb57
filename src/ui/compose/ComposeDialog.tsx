/** The packet composer: from where, to where, and as what; by a program of the machine, or as a frame put on a device. */
import { useId, useMemo, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { TraceablePort } from '../../engine/questions/logical-trace.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Modal } from '../controls/Modal.tsx';
import { TextField } from '../controls/TextField.tsx';
import { usePrograms } from '../engine/queries.ts';
import { failureOf, type Session } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import type { ComposeDraft } from '../store/slices.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { useQuestion } from '../engine/questions.ts';
import { microflowOf } from '../trace-form/five-tuple.ts';
import { readDestination } from './destination.ts';
import { likelyDestination, pingEnds } from './ends.ts';
import { FrameFieldsForm } from './FrameFieldsForm.tsx';
import { OctetsForm } from './OctetsForm.tsx';
import { OptionFields, optionProblems } from './OptionFields.tsx';
import { hasDestination, kindsOffered, START_OPTIONS, type PacketOptions } from './packet-kinds.ts';
import { devicePlaces, endOf, likelyMac, startOf } from './places.ts';
import { otherAddress, portOf, unfitEnds } from './logical-ends.ts';
import './compose.css';

const NO_PORTS: readonly TraceablePort[] = [];

const newestRun = async (session: Session): Promise<number | null> =>
  (await session.call('runs', null)).at(-1)?.id ?? null;

export default function ComposeDialog({ draft }: { readonly draft: ComposeDraft }) {
  const { terminals } = useServices();
  const session = useSession();
  const { snapshot } = useWorld();
  const { closeDialog, goTo, showDock, showMicroflow, showNarrow, showTerminal, pick } = useActions();
  const list = useId();
  const programs = usePrograms();
  const kinds = useMemo(() => kindsOffered(programs, snapshot.logical !== null), [programs, snapshot]);
  const [kindName, setKind] = useState<string>(draft.kind);
  const entry = kinds.find(({ kind }) => kind === kindName) ?? kinds[0];
  const byCommand = entry?.way === 'command';
  const asksAll = byCommand && entry.asksAll === true;
  const toSomebody = entry !== undefined && hasDestination(entry);
  const [options, setOptions] = useState<PacketOptions>({ ...START_OPTIONS, ...draft.options });

  const ends = useMemo(() => pingEnds(snapshot), [snapshot]);
  const places = useMemo(() => devicePlaces(snapshot), [snapshot]);
  const sources = useMemo(
    () => ends.filter((end, at) => ends.findIndex(({ key }) => key === end.key) === at),
    [ends],
  );
  const begin = draft.from ? startOf(draft.from, snapshot) : null;
  const asked = draft.to === null || typeof draft.to === 'string' ? draft.to : endOf(draft.to, snapshot);
  const [source, setSource] = useState(() => {
    const there = sources.find((end) => end.host === begin?.host && end.namespace === begin.namespace);
    // To a given place one sends from elsewhere.
    const elsewhere = sources.find((end) => asked === null || end.address !== asked);
    return (there ?? (begin ? undefined : elsewhere) ?? sources[0])?.key ?? '';
  });
  const [device, setDevice] = useState(() => {
    const [host, namespace] = source.split('/');
    const there = places.find(
      (place) =>
        place.host === (begin?.host ?? host) &&
        place.namespace === (begin?.namespace ?? namespace) &&
        (begin?.device === null || begin === null || place.link.name === begin.device),
    );
    return (there ?? places[0])?.key ?? '';
  });
  const from = sources.find((end) => end.key === source);
  const place = places.find((one) => one.key === device);
  const [typed, setTyped] = useState<string | null>(asked);
  const own = byCommand ? from : (ends.find((end) => `${end.key}/${end.device}` === device) ?? from);
  const ports = useQuestion('tracePorts', null).data ?? NO_PORTS;
  const [inport, setInport] = useState<string | null>(null);
  const enters =
    ports.find(({ name }) => name === inport) ?? portOf(ports, draft.from, own?.address, snapshot);
  const written = (typed ?? (likelyDestination(ends, own) || otherAddress(ports, enters))).trim();
  const ownAddresses =
    !byCommand && place
      ? place.link.addresses
      : ends.filter(({ key }) => key === own?.key).map(({ address }) => address);
  const end = readDestination(written, {
    ends,
    own: entry?.way === 'microflow' ? (enters?.ips ?? []) : ownAddresses,
    snapshot,
    fourOnly: entry?.kind === 'arp' || entry?.kind === 'arp-frame',
  });
  const destination = end.text;
  const hasSource = sources.some((end) => end.host === begin?.host && end.namespace === begin.namespace);
  const unfit = unfitEnds(draft, begin !== null && (!byCommand || asksAll || hasSource), asked, snapshot);
  const [octets, setOctets] = useState<Uint8Array | null>(null);
  const [direction, setDirection] = useState<'in' | 'out'>('out');

  /** Where a program starts. */
  const starts = asksAll ? place && { ...place, device: place.link.name } : from;
  const command =
    entry?.way === 'command' && starts
      ? `${starts.namespace === '' ? '' : `ip netns exec ${starts.namespace} `}${entry.command(starts.device, destination, options)}`
      : '';
  const microflow =
    entry?.way === 'microflow' && enters
      ? microflowOf(ports, enters, {
          protocol: 'icmp',
          source: enters.ips.find((ip) => ip.includes(':') === destination.includes(':')) ?? '',
          destination,
          sourcePort: '',
          destinationPort: '',
        })
      : '';
  const problems =
    entry && 'options' in entry ? optionProblems(entry.options, options) : new Map<string, string>();
  const ready =
    entry !== undefined &&
    problems.size === 0 &&
    (!toSomebody || end.problem === '') &&
    (entry.way === 'command'
      ? starts !== undefined
      : entry.way === 'microflow'
        ? microflow !== ''
        : place !== undefined && octets !== null);

  const send = useMutation({
    mutationFn: async () => {
      // Typed into the machine's terminal, so that it is in the document like every other command.
      if (entry?.way === 'command' && starts) {
        const before = await newestRun(session);
        await terminals.of(starts.host).run(command);
        const after = await newestRun(session);
        return after === before ? null : after;
      }
      if (!place || !octets) return null;
      const { host, namespace, link } = place;
      const { run } = await session.call('inject', { host, namespace, device: link.name, direction, octets });
      return run;
    },
    onSuccess: (run) => {
      closeDialog();
      if (run === null) {
        // The program sent nothing: why, it said itself.
        if (starts) showTerminal(starts.host);
        return;
      }
      goTo(0, byCommand ? null : run);
      showDock('trace');
      showNarrow('packet');
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready || send.isPending) return;
    if (entry.way === 'microflow') {
      showMicroflow(microflow);
      closeDialog();
    } else send.mutate();
  };
  const kept: ComposeDraft = {
    kind: entry?.kind ?? 'ping',
    from: draft.from,
    to: typed ?? draft.to,
    options,
  };
  const listed = ends.filter((end, at) => ends.findIndex((other) => other.address === end.address) === at);
  return (
    <Modal
      title={entry?.text ?? 'Send'}
      description="Every step of the packets is recorded."
      open
      onClose={() => {
        if (send.isPending && byCommand && starts) terminals.of(starts.host).interrupt();
        closeDialog();
      }}
      width={520}
      footer={
        <>
          {send.isPending && <output className="modal-state">Sending</output>}
          {send.isError && (
            <span className="form-problem modal-state" role="alert">
              {failureOf(send.error).message}
            </span>
          )}
          <Button
            weight="line"
            type="submit"
            form={`${list}-form`}
            glyph={entry?.glyph ?? 'packet'}
            disabled={!ready || send.isPending}
          >
            {entry?.verb ?? 'Send'}
          </Button>
        </>
      }
    >
      {sources.length === 0 && places.length === 0 ? (
        <p>No device has an address yet.</p>
      ) : (
        <form id={`${list}-form`} className="form" onSubmit={submit}>
          {unfit !== '' && (
            <p className="form-problem" role="alert">
              {unfit}
            </p>
          )}
          {entry?.way === 'microflow' && (
            <Choice
              label="From"
              value={enters?.name ?? ''}
              options={ports.map(({ name, ips }) => ({
                value: name,
                text: ips[0] === undefined ? name : `${name}, ${ips[0]}`,
              }))}
              onChange={(value) => {
                setInport(value);
                setTyped(null);
              }}
            />
          )}
          {entry?.way !== 'microflow' &&
            (byCommand && !asksAll ? (
              <Choice
                label="From"
                value={source}
                options={sources.map((end) => ({ value: end.key, text: end.text }))}
                onChange={(value) => {
                  setSource(value);
                  setTyped(null);
                }}
              />
            ) : (
              <Choice
                label="From"
                value={device}
                options={places.map(({ key, text }) => ({ value: key, text }))}
                onChange={(value) => {
                  setDevice(value);
                  setTyped(null);
                }}
              />
            ))}
          {toSomebody && (
            <TextField
              label="To"
              mono
              value={typed ?? written}
              list={list}
              problem={end.problem}
              hint={end.hint}
              onChange={setTyped}
            />
          )}
          <datalist id={list}>
            {listed.map((end) => (
              <option key={end.address} value={end.address}>
                {end.text}
              </option>
            ))}
          </datalist>
          <Choice
            label="As"
            value={entry?.kind ?? ''}
            options={kinds.map(({ kind, text, group }) => ({ value: kind, text, group }))}
            onChange={(value) => {
              setOctets(null);
              setKind(value);
            }}
          />
          {entry && 'options' in entry && (
            <OptionFields names={entry.options} options={options} problems={problems} onChange={setOptions} />
          )}
          {entry?.way === 'frame' && (
            <FrameFieldsForm
              key={entry.kind}
              protocol={entry.protocol}
              sourceMac={place?.link.mac ?? ''}
              source={
                place?.link.addresses
                  .find((one) => one.includes(':') === destination.includes(':'))
                  ?.split('/')[0] ?? ''
              }
              destination={destination}
              likelyMac={likelyMac(snapshot, place, destination)}
              options={options}
              onOctets={setOctets}
            />
          )}
          {entry?.way === 'octets' && <OctetsForm onOctets={setOctets} />}
          {(entry?.way === 'frame' || entry?.way === 'octets') && (
            <Choice
              label="Direction"
              value={direction}
              options={[
                { value: 'out', text: 'Leaves by this device, as if its owner had sent it' },
                { value: 'in', text: 'Arrives at this device, as if from its cable' },
              ]}
              onChange={(value) => setDirection(value === 'in' ? 'in' : 'out')}
            />
          )}
          {entry?.way === 'microflow' && <p>The logical trace follows a packet without sending one.</p>}
          {command + microflow !== '' && <code className="form-command">{command + microflow}</code>}
          <div className="compose-pick">
            <Button glyph="pin" onClick={() => pick('from', kept)}>
              Pick the start
            </Button>
            {toSomebody && (
              <Button glyph="pin" onClick={() => pick('to', kept)}>
                Pick the end
              </Button>
            )}
          </div>
        </form>
      )}
    </Modal>
  );
}
