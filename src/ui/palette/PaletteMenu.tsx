/** The palette's list: things, commands and runs that hold what was typed. Loaded when it is first opened. */
import { useDeferredValue, useMemo, useState } from 'react';
import { Command as Menu } from 'cmdk';
import { keyText } from '../commands/key-text.ts';
import type { Command } from '../commands/use-commands.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useReveal } from '../picture/reveal.ts';
import { subjectId } from '../../view/index.ts';
import { useActions } from '../store/StoreProvider.tsx';
import { describeSubject } from '../subjects/describe.ts';
import { findSubjects } from '../subjects/find.ts';

/** The field takes the focus when it appears: the list may arrive after its dialog. */
const focusOnce = (input: HTMLInputElement | null): void => input?.focus();

const THINGS = 40;
const RUNS = 12;

export default function PaletteMenu({ commands }: { readonly commands: readonly Command[] }) {
  const { snapshot, runs } = useWorld();
  const { closeDialog, select, goTo, showDock } = useActions();
  const reveal = useReveal();
  const [text, setText] = useState('');
  const settled = useDeferredValue(text);
  const words = settled.trim();
  const things = useMemo(
    () => (words === '' ? [] : findSubjects(snapshot, words, THINGS)),
    [snapshot, words],
  );
  // Things of a large network may be behind what is typed: until they are not, Enter takes none of them.
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
  const show = ({ subject }: (typeof things)[number]) => {
    closeDialog();
    select(subject);
    reveal(subjectId(subject));
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
    ...listed.map((command) => [`command:${command.id}`, () => act(command)] as const),
    ...listedRuns.map((run) => [`run:${run.id}`, () => follow(run)] as const),
  ]);
  const value = entries.has(chosen) ? chosen : (entries.keys().next().value ?? '');
  return (
    <Menu
      label="Find anything"
      shouldFilter={false}
      loop
      value={value}
      onValueChange={setChosen}
      onKeyDown={(event) => {
        // The list on the screen may be behind what is typed; what Enter takes is not.
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
        event.preventDefault();
        entries.get(value)?.();
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
        <Menu.Empty className="palette-empty">Nothing here holds “{words}”.</Menu.Empty>
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
