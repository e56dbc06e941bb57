/** Captures: the list, and the chosen one's packets as tcpdump prints them. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { Check } from '../controls/Check.tsx';
import { Empty } from '../controls/Empty.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import type { CaptureSummary } from '../../engine/protocol.ts';
import { useCaptureText, useCaptures } from '../engine/queries.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { ALL_CAPTURES } from '../store/slices.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { saveFile } from '../dialogs/save-file.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { PacketList } from './PacketList.tsx';
import './capture.css';

const OPTIONS: readonly { readonly option: string; readonly title: string }[] = [
  { option: '-n', title: 'Numbers, no names' },
  { option: '-e', title: 'Link-level header' },
  { option: '-vv', title: 'More of each header' },
  { option: '-x', title: 'Octets, without the link-level header' },
];

/** Stands for everything that passed during the run in view. */
const WHOLE_RUN = 0;

export function CapturePane() {
  const captures = useCaptures();
  const { run } = useWorld();
  const wanted = usePage((state) => state.viewport.capture);
  const { openDialog, showCapture } = useActions();
  const start = (): void => openDialog({ kind: 'capture', host: null, namespace: '', device: null });
  const chosen = captures.find((capture) => capture.id === wanted);
  if (!run && captures.length === 0)
    return (
      <Empty text="Nothing was sent or captured yet. A capture listens on one device, as tcpdump does; a run shows every device at once.">
        <Button weight="line" glyph="packet" onClick={start}>
          Start a capture
        </Button>
      </Empty>
    );
  return (
    <div className="capture-pane">
      <div className="capture-list">
        <div className="capture-rows scroll">
          {run && (
            <button
              type="button"
              aria-pressed={!chosen}
              className="capture-row"
              onClick={() => showCapture(WHOLE_RUN)}
            >
              <Glyph name="route" size={12} />
              <span>
                <b>Every device</b> {run.title}
              </span>
            </button>
          )}
          {captures.length > 1 && (
            <button
              type="button"
              aria-pressed={wanted === ALL_CAPTURES}
              className="capture-row"
              onClick={() => showCapture(ALL_CAPTURES)}
            >
              <Glyph name="packet" size={12} />
              <span>
                <b>All captures</b>
              </span>
              <code>{captures.reduce((sum, { packets }) => sum + packets, 0)}</code>
            </button>
          )}
          {captures.map((capture) => (
            <button
              key={capture.id}
              type="button"
              aria-pressed={capture.id === chosen?.id}
              className="capture-row"
              onClick={() => showCapture(capture.id)}
            >
              <i
                className={capture.running ? 'capture-live' : 'capture-ended'}
                title={capture.running ? 'Listening' : 'Stopped'}
              />
              <span>
                <b>{capture.device}</b> {capture.host}
              </span>
              <code>{capture.packets}</code>
            </button>
          ))}
        </div>
        <Button glyph="plus" onClick={start}>
          New capture
        </Button>
      </div>
      {chosen ? (
        <CaptureView key={chosen.id} capture={chosen} />
      ) : wanted === ALL_CAPTURES && captures.length > 1 ? (
        <AllCaptures ids={captures.map(({ id }) => id)} />
      ) : run ? (
        <WholeRun run={run.id} />
      ) : (
        <AllCaptures ids={captures.map(({ id }) => id)} />
      )}
    </div>
  );
}

function WholeRun({ run }: { readonly run: number }) {
  const source = useMemo(() => ({ kind: 'run' as const, run }), [run]);
  return (
    <section className="capture-view" aria-label="Packets of this run">
      <PacketList key={run} source={source} name={`run-${run}`} />
    </section>
  );
}

function AllCaptures({ ids }: { readonly ids: readonly number[] }) {
  const joined = ids.join(' ');
  const source = useMemo(() => ({ kind: 'captures' as const, ids: joined.split(' ').map(Number) }), [joined]);
  return (
    <section className="capture-view" aria-label="Packets of all captures">
      <PacketList source={source} name="captures" />
    </section>
  );
}

function CaptureView({ capture }: { readonly capture: CaptureSummary }) {
  const session = useSession();
  const [look, setLook] = useState<'text' | 'list'>('text');
  const source = useMemo(() => ({ kind: 'captures' as const, ids: [capture.id] }), [capture.id]);
  const [options, setOptions] = useState<readonly string[]>(['-n', '-e']);
  const text = useCaptureText(capture.id, options);
  const scroller = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [text]);
  const saveWithRows = async (): Promise<void> => {
    const octets = await session.call('packetsFile', { source, filter: '', journey: null });
    saveFile(`${capture.host}-${capture.device}.pcapng`, octets, 'application/vnd.tcpdump.pcap');
  };
  const save = async (): Promise<void> => {
    const octets = await session.call('captureFile', { id: capture.id });
    saveFile(`${capture.host}-${capture.device}.pcap`, octets, 'application/vnd.tcpdump.pcap');
  };
  return (
    <section className="capture-view" aria-label={`Capture on ${capture.device} of ${capture.host}`}>
      <header>
        <code>
          {capture.namespace === '' ? '' : `ip netns exec ${capture.namespace} `}tcpdump -i {capture.device}{' '}
          {capture.filter}
        </code>
        <Segmented
          label="Packets as"
          value={look}
          onChange={setLook}
          options={[
            { value: 'text', text: 'Text' },
            { value: 'list', text: 'List' },
          ]}
        />
        {look === 'text' && (
          <span className="capture-options">
            {OPTIONS.map(({ option, title }) => (
              <span key={option} title={title}>
                <Check
                  mono
                  label={option}
                  checked={options.includes(option)}
                  onChange={(on) =>
                    setOptions(
                      OPTIONS.map((other) => other.option).filter((other) =>
                        other === option ? on : options.includes(other),
                      ),
                    )
                  }
                />
              </span>
            ))}
          </span>
        )}
        {capture.running && (
          <Button glyph="stop" onClick={() => void session.call('captureStop', { id: capture.id })}>
            Stop
          </Button>
        )}
        <Button glyph="save" onClick={() => void save()}>
          pcap
        </Button>
        {look === 'text' && (
          <Button glyph="save" onClick={() => void saveWithRows()}>
            pcapng
          </Button>
        )}
      </header>
      {look === 'list' ? (
        <PacketList source={source} name={`${capture.host}-${capture.device}`} />
      ) : (
        <ScrollText
          ref={scroller}
          className="capture-text"
          live
          label="Packets"
          onScroll={(event) => {
            const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
            atEnd.current = scrollTop + clientHeight > scrollHeight - 8;
          }}
        >
          {text || (
            <span className="quiet">
              {capture.running ? 'Listening. Nothing has passed yet.' : 'Nothing was captured.'}
            </span>
          )}
        </ScrollText>
      )}
    </section>
  );
}
