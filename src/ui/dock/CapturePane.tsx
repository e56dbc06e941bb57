/** Captures: the list, and the chosen one's packets as tcpdump prints them. */
import { useEffect, useRef, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { Check } from '../controls/Check.tsx';
import { Empty } from '../controls/Empty.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import type { CaptureSummary } from '../../engine/protocol.ts';
import { useCaptureText, useCaptures } from '../engine/queries.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { saveFile } from '../dialogs/save-file.ts';
import './capture.css';

const OPTIONS: readonly { readonly option: string; readonly title: string }[] = [
  { option: '-n', title: 'Numbers, no names' },
  { option: '-e', title: 'Link-level header' },
  { option: '-vv', title: 'More of each header' },
  { option: '-x', title: 'Octets, without the link-level header' },
];

export function CapturePane() {
  const captures = useCaptures();
  const wanted = usePage((state) => state.viewport.capture);
  const { openDialog, showCapture } = useActions();
  const start = (): void => openDialog({ kind: 'capture', host: null, namespace: '', device: null });
  const chosen = captures.find((capture) => capture.id === wanted) ?? captures.at(-1);
  if (!chosen)
    return (
      <Empty text="No capture yet. A capture listens on one device, as tcpdump does.">
        <Button weight="line" glyph="packet" onClick={start}>
          Start a capture
        </Button>
      </Empty>
    );
  return (
    <div className="capture-pane">
      <div className="capture-list">
        <div className="capture-rows scroll">
          {captures.map((capture) => (
            <button
              key={capture.id}
              type="button"
              aria-pressed={capture.id === chosen.id}
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
      <CaptureView key={chosen.id} capture={chosen} />
    </div>
  );
}

function CaptureView({ capture }: { readonly capture: CaptureSummary }) {
  const session = useSession();
  const [options, setOptions] = useState<readonly string[]>(['-n', '-e']);
  const text = useCaptureText(capture.id, options);
  const scroller = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [text]);
  const save = async (format: 'pcap' | 'pcapng'): Promise<void> => {
    const octets = await session.call('captureFile', { id: capture.id, format });
    saveFile(`${capture.host}-${capture.device}.${format}`, octets, 'application/vnd.tcpdump.pcap');
  };
  return (
    <section className="capture-view" aria-label={`Capture on ${capture.device} of ${capture.host}`}>
      <header>
        <code>
          {capture.namespace === '' ? '' : `ip netns exec ${capture.namespace} `}tcpdump -i {capture.device}{' '}
          {capture.filter}
        </code>
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
        {capture.running && (
          <Button glyph="stop" onClick={() => void session.call('captureStop', { id: capture.id })}>
            Stop
          </Button>
        )}
        <Button glyph="save" onClick={() => void save('pcap')}>
          pcap
        </Button>
        <Button glyph="save" onClick={() => void save('pcapng')}>
          pcapng
        </Button>
      </header>
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
    </section>
  );
}
