/** One terminal a machine; the widget stays alive while another panel is in view. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { WAY_OUT, type TerminalSession } from '../terminal/terminal-session.ts';
import './terminal.css';

export function TerminalPane() {
  const { snapshot } = useWorld();
  const { terminals } = useServices();
  const { showTerminal } = useActions();
  const wanted = usePage((state) => state.viewport.terminal);
  const hosts = snapshot.hosts.map((host) => host.name);
  const host = wanted !== null && hosts.includes(wanted) ? wanted : hosts[0];
  if (host === undefined) return null;
  return (
    <div className="terminal-pane">
      <div className="terminal-hosts scroll" role="tablist" aria-label="Machines" aria-orientation="vertical">
        {hosts.map((name, at) => (
          <TerminalTab
            key={name}
            terminal={terminals.of(name)}
            selected={name === host}
            onChoose={() => {
              showTerminal(name);
              terminals.of(name).focus();
            }}
            onMove={(by) => {
              const next = hosts[(at + by + hosts.length) % hosts.length];
              if (next === undefined) return;
              showTerminal(next);
              document.getElementById(`terminal-tab-${next}`)?.focus();
            }}
          />
        ))}
      </div>
      <Screen key={host} terminal={terminals.of(host)} />
    </div>
  );
}

interface TerminalTabProps {
  readonly terminal: TerminalSession;
  readonly selected: boolean;
  readonly onChoose: () => void;
  readonly onMove: (by: number) => void;
}

function TerminalTab({ terminal, selected, onChoose, onMove }: TerminalTabProps) {
  const busy = useBusy(terminal);
  return (
    <button
      type="button"
      id={`terminal-tab-${terminal.host}`}
      role="tab"
      aria-label={terminal.host}
      aria-busy={busy}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      className="terminal-tab"
      onClick={onChoose}
      onKeyDown={(event) => {
        const by =
          event.key === 'ArrowDown' || event.key === 'ArrowRight'
            ? 1
            : event.key === 'ArrowUp' || event.key === 'ArrowLeft'
              ? -1
              : 0;
        if (by === 0) return;
        event.preventDefault();
        onMove(by);
      }}
    >
      <Glyph name="term" size={14} className="quiet" />
      <span>{terminal.host}</span>
      {busy && <i className="terminal-busy" title="A program is running" />}
    </button>
  );
}

function Screen({ terminal }: { readonly terminal: TerminalSession }) {
  const place = useRef<HTMLDivElement>(null);
  const busy = useBusy(terminal);
  const { notices } = useServices();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let gone = false;
    terminal.attach(element).then(
      () => {
        if (!gone && document.activeElement === document.body) terminal.focus();
      },
      () => notices.put({ kind: 'part' }),
    );
    const observer = new ResizeObserver(() => terminal.fit());
    observer.observe(element);
    return () => {
      gone = true;
      observer.disconnect();
    };
  }, [terminal, notices]);
  return (
    <section className="terminal-screen" aria-label={`Terminal of ${terminal.host}`}>
      <div ref={place} className="terminal-place" />
      <div className="terminal-tools">
        <p id={WAY_OUT} className="terminal-way-out">
          <kbd>Shift Tab</kbd> leaves
        </p>
        {busy && (
          <IconButton
            glyph="stop"
            size={14}
            label="Stop the program"
            keys="Ctrl C"
            onClick={() => terminal.interrupt()}
          />
        )}
        <IconButton
          glyph="copy"
          size={14}
          label="Copy all output"
          onClick={() => void navigator.clipboard?.writeText(terminal.text())}
        />
        <IconButton
          glyph="erase"
          size={14}
          label="Clear the screen"
          keys="Ctrl L"
          onClick={() => {
            terminal.clear();
            terminal.focus();
          }}
        />
      </div>
    </section>
  );
}

function useBusy(terminal: TerminalSession): boolean {
  return useSyncExternalStore(
    (listener) => terminal.subscribe(listener),
    () => terminal.busy,
  );
}
