/* oxlint-disable jsx-a11y/prefer-tag-over-role -- thousands of rows, of which only those in view exist */
/** Packets as a list: of a run wherever they passed, or of a capture; a chosen one is shown in the packet panel, octet by octet. */
import { useDeferredValue, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Button } from '../controls/Button.tsx';
import { Check } from '../controls/Check.tsx';
import { TextField } from '../controls/TextField.tsx';
import type { PacketRow, PacketSource } from '../../engine/protocol.ts';
import { usePackets } from '../engine/queries.ts';
import { placedMessage } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { saveFile } from '../dialogs/save-file.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';

const ROW = 20;

/** What people ask most, and what is easiest forgotten. */
const PRESETS = [
  'icmp',
  'arp || icmpv6',
  'inner icmp of geneve',
  'inner tcp port 80 of geneve',
  'geneve && ip.addr == 10.0.0.0/8',
  'geneve.vni == 1',
  'tcp.flags.syn == 1',
  'tcp.port in {80, 443}',
  'http.request || bgp',
  'eth.addr[0:3] == 52:54:00',
  'host 10.0.0.1 and port 53',
];

/** `.123456`: microseconds after the first. */
const offset = (time: number, start: number): string => ((time - start) / 1e9).toFixed(6);

interface PacketListProps {
  readonly source: PacketSource;
  /** Of a file. */
  readonly name: string;
}

export function PacketList({ source, name }: PacketListProps) {
  const session = useSession();
  const { run } = useWorld();
  const { goTo, showInspector } = useActions();
  const [text, setText] = useState('');
  const filter = useDeferredValue(text.trim());
  const packets = usePackets(source, filter);
  const [follow, setFollow] = useState<{ readonly run: number; readonly step: number } | null>(null);
  const rows = useMemo(() => {
    const all = packets.data?.rows ?? [];
    return follow ? all.filter((row) => row.run === follow.run && row.journey === follow.step) : all;
  }, [packets.data, follow]);
  const playhead = usePage((state) => state.playback.step);
  const chosen = rows.findIndex((row) => row.run === run?.id && row.step === playhead);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- the compiler leaves this component alone, as it should
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const choose = (at: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    if (!row) return;
    goTo(row.step, row.run);
    showInspector('packet');
    virtual.scrollToIndex(rows.indexOf(row), { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      PageDown: chosen + 10,
      PageUp: chosen - 10,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  const save = async (): Promise<void> => {
    const octets = await session.call('packetsFile', { source, filter, journey: follow });
    saveFile(`${name}.pcapng`, octets, 'application/vnd.tcpdump.pcap');
  };
  const problem = packets.isError ? placedMessage(packets.error) : '';
  const start = packets.data?.rows[0]?.time ?? 0;
  const current = rows[chosen];
  return (
    <div className="packet-list">
      <div className="packet-list-head">
        <TextField
          label="Display filter"
          bare
          mono
          className="packet-filter"
          placeholder="inner icmp of geneve, geneve.vni == 1, host 10.0.0.1 and port 53"
          list="packet-filters"
          value={text}
          onChange={setText}
          problem={problem}
        />
        <datalist id="packet-filters">
          {PRESETS.map((preset) => (
            <option key={preset} value={preset}>
              {preset}
            </option>
          ))}
        </datalist>
        <output className="packet-count">
          {rows.length} of {packets.data?.total ?? 0}
          {filter !== '' && problem === '' && packets.data
            ? packets.data.language === 'display'
              ? ', display filter'
              : ', as tcpdump reads it'
            : ''}
        </output>
        <Check
          label="Follow this packet"
          checked={follow !== null}
          disabled={follow === null && !current}
          onChange={(on) => setFollow(on && current ? { run: current.run, step: current.journey } : null)}
        />
        <Button glyph="save" disabled={rows.length === 0} onClick={() => void save()}>
          pcapng
        </Button>
      </div>
      <div className="packet-row packet-row-head" aria-hidden="true">
        <span>time</span>
        <span>device</span>
        <span />
        <span>source</span>
        <span>destination</span>
        <span>protocol</span>
        <span>octets</span>
        <span>tcpdump</span>
      </div>
      <div
        ref={scroller}
        className="packet-rows scroll"
        role="listbox"
        aria-label="Packets"
        tabIndex={0}
        aria-activedescendant={chosen < 0 ? undefined : `packet-row-${chosen}`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at =
            event.target instanceof Element
              ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
              : undefined;
          if (at !== undefined) choose(Number(at));
        }}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <PacketLine
                  key={item.key}
                  row={row}
                  at={item.index}
                  size={rows.length}
                  top={item.start}
                  start={start}
                  chosen={item.index === chosen}
                />
              )
            );
          })}
        </div>
        {packets.data && rows.length === 0 && (
          <p className="packet-none">
            {packets.data.total === 0 ? 'Nothing has passed yet.' : 'No packet is like that.'}
          </p>
        )}
      </div>
    </div>
  );
}

function PacketLine({
  row,
  at,
  size,
  top,
  start,
  chosen,
}: {
  readonly row: PacketRow;
  readonly at: number;
  readonly size: number;
  readonly top: number;
  readonly start: number;
  readonly chosen: boolean;
}) {
  const where = `${row.device} ${row.namespace === '' || row.namespace === row.device ? '' : `${row.namespace} `}${row.host}`;
  return (
    <div
      id={`packet-row-${at}`}
      role="option"
      aria-selected={chosen}
      aria-posinset={at + 1}
      aria-setsize={size}
      aria-label={`${where} ${row.direction}, ${row.source} to ${row.destination}, ${row.protocol}, ${row.size} octets`}
      className={chosen ? 'packet-row packet-row-chosen' : 'packet-row'}
      data-at={at}
      style={{ top }}
    >
      <span>{offset(row.time, start)}</span>
      <span title={where}>
        {row.device} <i>{row.host}</i>
      </span>
      <span title={row.direction === 'in' ? 'received' : 'sent'}>{row.direction === 'in' ? '→' : '←'}</span>
      <span>{row.source}</span>
      <span>{row.destination}</span>
      <span>{row.protocol}</span>
      <span>{row.size}</span>
      <span title={row.text}>{row.text}</span>
    </div>
  );
}
