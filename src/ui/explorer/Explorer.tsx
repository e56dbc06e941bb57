/** The picture's accessible twin: everything in it as a tree, with the same selection, path and breakpoints. */
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useCaptures } from '../engine/queries.ts';
import { useFaults } from '../faults/use-faults.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useReveal } from '../picture/reveal.ts';
import { useDimmed } from '../picture/use-dimmed.ts';
import { subjectId } from '../../view/index.ts';
import { SubjectMenu, type MenuTarget } from '../subjects/SubjectMenu.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { ExplorerItem } from './ExplorerItem.tsx';
import { closedAbove, countItems, explorerRows, type ExplorerRow } from './explorer-rows.ts';
import { rowWords } from './row-words.ts';
import { treeKey } from './tree-keys.ts';
import './explorer.css';

const ROW = 24;
/** Letters typed within this time look up one name together. */
const LETTERS_PAUSE = 700;

interface ExplorerProps {
  /** Where to begin, with the focus in the tree; for an explorer that was just opened. */
  readonly start?: string | null;
  readonly onLeave?: () => void;
}

export function Explorer({ start, onLeave }: ExplorerProps) {
  const { snapshot, playback, model, networks } = usePicture();
  const captures = useCaptures();
  const turned = usePage((state) => state.viewport.turned);
  const subject = usePage((state) => state.selection.subject);
  const breakpoints = usePage((state) => state.document.breakpoints);
  const actions = useActions();
  const reveal = useReveal();
  const rows = useMemo(() => explorerRows(snapshot, captures, turned), [snapshot, captures, turned]);
  const items = useMemo(() => countItems(snapshot), [snapshot]);
  const broken = useMemo(
    () => new Set(breakpoints.flatMap((breakpoint) => (breakpoint.kind === 'device' ? [breakpoint.id] : []))),
    [breakpoints],
  );
  const selected = subject ? subjectId(subject) : null;
  const { dimmed } = useDimmed();
  const { lasting: faults } = useFaults();
  const wordsOf = useMemo(
    () => rowWords({ snapshot, model, faults, dimmed }),
    [snapshot, model, faults, dimmed],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string | null>(start ?? null);
  const [focused, setFocused] = useState(false);
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const closeMenu = useCallback(() => setMenu(null), []);
  const letters = useRef({ text: '', at: 0 });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (rows[at]?.kind === 'group' ? 26 : ROW),
    overscan: 12,
    getItemKey: (at) => rows[at]?.id ?? at,
  });

  // A session stands under both of its ends: the first is the selected one.
  const own = rows.findIndex((row) => row.id === selected);
  const selectedAt =
    own >= 0 || selected === null
      ? own
      : rows.findIndex((row) => row.subject !== null && subjectId(row.subject) === selected);
  // A selection made elsewhere comes into view here, with the branches that it is in.
  useEffect(() => {
    if (selected === null) return;
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt, { align: 'auto' });
    else for (const id of closedAbove(snapshot, captures, turned, selected)) actions.turnBranch(id);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only a new selection opens and scrolls
  }, [selected]);
  const isOpened = selectedAt >= 0;
  useEffect(() => {
    if (isOpened) virtual.scrollToIndex(selectedAt, { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once its branches are open
  }, [isOpened]);

  const found = activeId === null ? selectedAt : rows.findIndex((row) => row.id === activeId);
  const active = Math.max(0, found);

  const startAt = rows.findIndex((row) => row.id === start);
  useEffect(() => {
    if (start === undefined) return;
    scroller.current?.focus();
    if (startAt >= 0) virtual.scrollToIndex(startAt, { align: 'start' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when it is opened
  }, []);

  const choose = (row: ExplorerRow): void => {
    setActiveId(row.id);
    if (row.capture !== null) actions.showCapture(row.capture);
    else if (row.subject) {
      actions.select(row.subject);
      reveal(row.id);
    } else if (row.open !== null) actions.turnBranch(row.id);
  };
  const openMenu = (row: ExplorerRow, x: number, y: number): void => {
    setActiveId(row.id);
    if (row.subject) setMenu({ id: row.id, x, y });
  };

  const rowAt = (target: EventTarget): ExplorerRow | undefined => {
    const at =
      target instanceof Element ? target.closest<HTMLElement>('[data-at]')?.dataset['at'] : undefined;
    return at === undefined ? undefined : rows[Number(at)];
  };
  const onTurn = (target: EventTarget): boolean =>
    target instanceof Element && target.closest('[data-turn]') !== null;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && onLeave) {
      onLeave();
      return;
    }
    const now = event.timeStamp;
    const isLetter = event.key.length === 1 && event.key !== ' ' && event.key !== '*';
    if (isLetter)
      letters.current = {
        text: now - letters.current.at < LETTERS_PAUSE ? letters.current.text + event.key : event.key,
        at: now,
      };
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 1);
    const move = treeKey(rows, active, event.key, event.shiftKey, isLetter ? letters.current.text : '', page);
    if (!move) return;
    event.preventDefault();
    const row = rows[move.kind === 'go' ? move.to : move.at];
    if (!row) return;
    switch (move.kind) {
      case 'go':
        setActiveId(row.id);
        virtual.scrollToIndex(move.to, { align: 'auto' });
        return;
      case 'turn':
        setActiveId(row.id);
        actions.turnBranch(row.id);
        return;
      case 'open-siblings':
        for (const other of siblingsOf(rows, active)) if (other.open === false) actions.turnBranch(other.id);
        return;
      case 'choose':
        choose(row);
        return;
      case 'menu': {
        const box = scroller.current?.querySelector('[data-active]')?.getBoundingClientRect();
        openMenu(row, (box?.left ?? 0) + 40, box?.bottom ?? 0);
      }
    }
  };

  const { hosts } = snapshot;
  return (
    <section className="explorer" aria-label="Explorer">
      <header className="panel-head">
        <Glyph name="menu" className="quiet" />
        <h2>Explorer</h2>
        <span className="panel-note">
          {hosts.length > 0 && `${hosts.length} ${hosts.length === 1 ? 'machine' : 'machines'}, `}
          {items} items
        </span>
        {onLeave && <IconButton glyph="cross" size={14} label="Close the explorer" onClick={onLeave} />}
      </header>
      <div
        ref={scroller}
        className="explorer-tree scroll"
        role="tree"
        aria-label="Network"
        tabIndex={0}
        aria-activedescendant={rows[active] ? `row-${rows[active].id}` : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const row = rowAt(event.target);
          if (!row) return;
          if (onTurn(event.target)) actions.turnBranch(row.id);
          else choose(row);
        }}
        onDoubleClick={(event) => {
          const row = rowAt(event.target);
          if (row?.subject && row.open !== null && !onTurn(event.target)) actions.turnBranch(row.id);
        }}
        onContextMenu={(event) => {
          const row = rowAt(event.target);
          if (!row) return;
          event.preventDefault();
          openMenu(row, event.clientX, event.clientY);
        }}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const colour = networks[model.node(row.id)?.network ?? -1]?.colour ?? null;
            return (
              <ExplorerItem
                key={item.key}
                row={row}
                at={item.index}
                top={item.start}
                height={item.size}
                selected={item.index === selectedAt}
                active={focused && item.index === active}
                onPath={playback.marks.get(row.id) ?? null}
                broken={broken.has(row.id)}
                words={wordsOf(row)}
                colour={colour}
              />
            );
          })}
        </div>
      </div>
      <SubjectMenu target={menu} onClose={closeMenu} onReveal={reveal} />
    </section>
  );
}

function siblingsOf(rows: readonly ExplorerRow[], at: number): readonly ExplorerRow[] {
  const level = rows[at]?.level ?? 1;
  let first = at;
  while (first > 0 && (rows[first - 1]?.level ?? 0) >= level) first -= 1;
  let last = at;
  while (last + 1 < rows.length && (rows[last + 1]?.level ?? 0) >= level) last += 1;
  return rows.slice(first, last + 1).filter((row) => row.level === level);
}
