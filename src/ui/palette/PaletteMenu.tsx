/** The palette's list: things, rows of databases, commands and runs that hold what was typed. Loaded when it is first opened. */
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Command as Menu } from 'cmdk';
import { keyText } from '../commands/key-text.ts';
import type { Command } from '../commands/use-commands.ts';
import type { FoundRows } from '../../engine/questions/rows.ts';
import { useQuestion } from '../engine/questions.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useReveal } from '../picture/reveal.ts';
import { subjectId } from '../../view/index.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { findSubjects, type Found } from '../subjects/find.ts';
import { uuidStart } from '../subjects/uuid-start.ts';

const rowKey = ({ database, table, uuid }: FoundRow): string => `row:${database} ${table} ${uuid}`;

/** The field takes the focus when it appears: the list may arrive after its dialog. */
const focusOnce = (input: HTMLInputElement | null): void => input?.focus();

const THINGS = 40;
const RUNS = 12;
const NO_ROWS: FoundRows = { rows: [], total: 0 };

type FoundRow = FoundRows['rows'][number];

/** While a word is composed Enter ends it; what some browsers tell of that is the key's number alone. */
const endsWord = ({ nativeEvent }: KeyboardEvent): boolean =>
  nativeEvent.isComposing || nativeEvent.keyCode === 229;

export default function PaletteMenu({ commands }: { readonly commands: readonly Command[] }) {
  const { snapshot, runs } = useWorld();
  const { closeDialog, select, goTo, showDock, showRow } = useActions();
  const session = useSession();
  const reveal = useReveal();
  const [text, setText] = useState('');
  const settled = useDeferredValue(text);
  const words = settled.trim();
  const things = useMemo(
    () => (words === '' ? [] : findSubjects(snapshot, words, THINGS)),
    [snapshot, words],
  );
  const start = uuidStart(words);
  const looked = useQuestion('findRows', { start: start ?? '' }, start !== null);
  const rows = start === null ? NO_ROWS : (looked.data ?? NO_ROWS);
  // What is found in a large network may be behind what is typed: until it is not, Enter looks for itself.
  const isBehind = settled !== text;
  const wanted = text.trim().toLowerCase();
  const listed = commands.filter(
    (command) => command.enabled && command.id !== 'palette' && command.text.toLowerCase().includes(wanted),
  );
  const listedRuns = runs
    .toReversed()
    .filter((run) => run.title.toLowerCase().includes(wanted))
    .slice(0, RUNS);
  // Another text begins at the first entry again.
  const [chosen, setChosen] = useState('');
  const show = ({ subject }: Found) => {
    closeDialog();
    select(subject);
    reveal(subjectId(subject));
  };
  const open = ({ database, table, uuid }: FoundRow) => {
    closeDialog();
    showRow({ database, table, uuid });
  };
  const act = (command: Command) => {
    closeDialog();
    command.run();
  };
  const follow = ({ id }: (typeof runs)[number]) => {
    closeDialog();
    goTo(0, id === runs.at(-1)?.id ? null : id);
    showDock('trace');
  };
  const entries = new Map<string, () => void>([
    ...(isBehind ? [] : things).map((thing) => [subjectId(thing.subject), () => show(thing)] as const),
    ...(isBehind ? [] : rows.rows).map((row) => [rowKey(row), () => open(row)] as const),
    ...listed.map((command) => [`command:${command.id}`, () => act(command)] as const),
    ...listedRuns.map((run) => [`run:${run.id}`, () => follow(run)] as const),
  ]);
  const value = entries.has(chosen) ? chosen : (entries.keys().next().value ?? '');
  const latest = useRef<string | null>(null);
  useEffect(() => {
    latest.current = text;
    return () => {
      latest.current = null;
    };
  }, [text]);
  /** Takes what is chosen; else the first that the text finds, whether the list shows it yet or not. */
  const take = async () => {
    if (!entries.has(chosen) && isBehind) {
      const [thing] = wanted === '' ? [] : findSubjects(snapshot, wanted, 1);
      if (thing) {
        show(thing);
        return;
      }
    }
    const asked = uuidStart(text);
    if (asked === null || entries.has(chosen) || (!isBehind && (things.length > 0 || looked.isSuccess))) {
      entries.get(value)?.();
      return;
    }
    const found = await session.call('findRows', { start: asked }).catch(() => NO_ROWS);
    if (latest.current !== text) return;
    const [row] = found.rows;
    if (row) open(row);
    else entries.get(value)?.();
  };
  return (
    <Menu
      label="Find anything"
      shouldFilter={false}
      loop
      value={value}
      onValueChange={setChosen}
      onKeyDown={(event) => {
        // The list on the screen may be behind what is typed; what Enter takes is not.
        if (event.key !== 'Enter' || endsWord(event)) return;
        event.preventDefault();
        void take();
      }}
    >
      <div className="palette-field">
        <Glyph name="search" className="quiet" />
        <Menu.Input
          ref={focusOnce}
          value={text}
          onValueChange={(next) => {
            setText(next);
            setChosen('');
          }}
          placeholder="Name, IP, MAC, VLAN, VNI, ASN, uuid, or what to do"
        />
        <kbd>Esc</kbd>
      </div>
      <Menu.List className="palette-list scroll">
        <Menu.Empty className="palette-empty">
          {start !== null && looked.isPending
            ? 'Looking through the databases.'
            : `Nothing here holds “${words}”.`}
        </Menu.Empty>
        {things.length > 0 && (
          <Menu.Group heading="Things">
            {things.map((thing) => {
              const id = subjectId(thing.subject);
              return (
                <Menu.Item key={id} value={id} className="menu-item" onSelect={() => show(thing)}>
                  <Glyph name={describeSubject(thing.subject, snapshot).glyph} />
                  {thing.name}
                  <span className="menu-note">{thing.note}</span>
                </Menu.Item>
              );
            })}
          </Menu.Group>
        )}
        {rows.rows.length > 0 && (
          <Menu.Group
            heading={rows.total > rows.rows.length ? `Rows, ${rows.rows.length} of ${rows.total}` : 'Rows'}
          >
            {rows.rows.map((row) => (
              <Menu.Item
                key={rowKey(row)}
                value={rowKey(row)}
                className="menu-item"
                onSelect={() => open(row)}
              >
                <Glyph name="db" />
                <span className="palette-row">{row.label}</span>
                <span className="menu-note">
                  {row.table}, {row.database}
                </span>
              </Menu.Item>
            ))}
          </Menu.Group>
        )}
        {listed.length > 0 && (
          <Menu.Group heading="Commands">
            {listed.map((command) => (
              <Menu.Item
                key={command.id}
                value={`command:${command.id}`}
                className="menu-item"
                onSelect={() => act(command)}
              >
                <Glyph name={command.glyph} />
                {command.text}
                {command.keys[0] !== undefined && <kbd>{keyText(command.keys[0])}</kbd>}
              </Menu.Item>
            ))}
          </Menu.Group>
        )}
        {listedRuns.length > 0 && (
          <Menu.Group heading="Runs">
            {listedRuns.map((run) => (
              <Menu.Item
                key={run.id}
                value={`run:${run.id}`}
                className="menu-item"
                onSelect={() => follow(run)}
              >
                <Glyph name="packet" />
                {run.title}
                <span className="menu-note">{run.steps} steps</span>
              </Menu.Item>
            ))}
          </Menu.Group>
        )}
      </Menu.List>
    </Menu>
  );
}
