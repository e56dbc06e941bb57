/** The headers as a tree; a row and its octets light up together. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { HeaderRow } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { headerLines, type HeaderLine } from './header-lines.ts';
import type { OctetMarks } from './octet-marks.ts';

interface HeaderTreeProps {
  readonly headers: readonly HeaderRow[];
  readonly marks: OctetMarks;
}

const CLASS = ['', ' header-hop', ' header-step'] as const;

export function HeaderTree({ headers, marks }: HeaderTreeProps) {
  // Branches turned by hand stay so from step to step: they are known by their place in the frame's layers.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState(false);
  const tree = useRef<HTMLDivElement>(null);
  const { pointAtOctets } = useActions();
  const pointed = usePage((state) => state.selection.octets);
  const lines = useMemo(() => headerLines(headers, turned, marks), [headers, turned, marks]);

  const turn = (line: HeaderLine): void => {
    if (line.open === null) return;
    const next = new Set(turned);
    if (!next.delete(line.key)) next.add(line.key);
    setTurned(next);
  };
  const go = (to: number): void => {
    const at = Math.max(0, Math.min(lines.length - 1, to));
    const line = lines[at];
    setActive(at);
    if (!line) return;
    pointAtOctets([line.row.offset, line.row.size]);
    tree.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const line = lines[active];
    if (!line || event.ctrlKey || event.altKey || event.metaKey) return;
    const parent = lines.findLastIndex((other, at) => at < active && other.level < line.level);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      Home: () => go(0),
      End: () => go(lines.length - 1),
      ArrowRight: () => (line.open === false ? turn(line) : go(active + (line.open ? 1 : 0))),
      ArrowLeft: () => (line.open ? turn(line) : go(parent)),
      Enter: () => turn(line),
      ' ': () => turn(line),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    <div
      ref={tree}
      className="header-tree"
      role="tree"
      aria-label="Headers"
      tabIndex={0}
      aria-activedescendant={lines.length > 0 ? `header-${Math.min(active, lines.length - 1)}` : undefined}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const at =
          event.target instanceof Element
            ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
            : undefined;
        const line = lines[Number(at ?? -1)];
        if (!line) return;
        setActive(Number(at));
        turn(line);
      }}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        pointAtOctets(null);
      }}
      onPointerLeave={() => pointAtOctets(null)}
    >
      {lines.map((line, at) => (
        <div
          key={line.key}
          id={`header-${at}`}
          role="treeitem"
          aria-level={line.level}
          aria-expanded={line.open ?? undefined}
          aria-selected={focused && at === active}
          aria-label={`${line.row.name} ${line.row.text}${line.mark === 2 ? ', changed by this step' : line.mark === 1 ? ', changed in this hop' : ''}`}
          className={`header-row${line.level === 1 ? ' header-layer' : ''}${CLASS[line.mark]}${isPointed(pointed, line) ? ' header-pointed' : ''}${line.row.problem ? ' header-problem' : ''}`}
          style={{ paddingLeft: 6 + (line.level - 1) * 14 + (line.open === null ? 16 : 0) }}
          title={line.row.problem ?? undefined}
          data-at={at}
          onPointerEnter={() => pointAtOctets([line.row.offset, line.row.size])}
        >
          {line.open !== null && <Glyph name={line.open ? 'chevd' : 'chev'} size={12} className="quiet" />}
          <span>{line.level === 1 && !line.open ? line.folded : line.row.name}</span>
          <em>{line.level === 1 ? line.row.size : line.row.text}</em>
        </div>
      ))}
    </div>
  );
}

const isPointed = (pointed: readonly [number, number] | null, line: HeaderLine): boolean =>
  pointed !== null && line.row.size > 0 && pointed[0] === line.row.offset && pointed[1] === line.row.size;
