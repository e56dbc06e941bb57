/**
 * Opens documents and keeps them: from the catalogue, from an address, from files, from this browser's shelf.
 * What was open stays open until the engine has accepted another.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { Deed, HopscopeDocument } from '../../engine/document.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { CATALOGUE_SEED, type Started } from '../../engine/started.ts';
import { keepSnapshot } from '../engine/queries.ts';
import { failureOf, type Session, type WorldAge } from '../engine/session.ts';
import { isLens, type Lens } from '../store/lenses.ts';
import type { Source } from '../store/slices.ts';
import type { PageStore } from '../store/store.ts';
import type { Screens } from '../terminal/screens.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { parseDocument } from '../../export/index.ts';
import { subjectOf } from '../../view/index.ts';
import { keptDocument, keptPage, keptViewport } from './kept-page.ts';
import { EMPTY_PAGE_PART, readPagePart, type PagePart } from './page-part.ts';
import { formatRoute, parseRoute, routeTo, slotOf, type Look, type Route } from './route.ts';
import type { Shelf } from './shelf.ts';
import { sortOutFiles } from './file-kinds.ts';

interface Failure {
  readonly title: string;
  readonly message: string;
  readonly place: string;
  readonly remedy: string;
  readonly kept: string;
}

const nothing = (): null => null;

/** Told in one dialog at most; the rest is counted. */
const REMARKS = 4;

/** What is odd in files that could be opened all the same. */
function remarks(name: string, problems: WorldSnapshot['problems']): Failure {
  const shown = problems.slice(0, REMARKS).map(({ message, place }) => `${message} (${place}).`);
  const rest = problems.length - shown.length;
  return {
    title: `${name} is open, with remarks`,
    message: `${shown.join(' ')}${rest > 0 ? ` And ${rest} more.` : ''}`,
    place: '',
    remedy: '',
    kept: '',
  };
}

export interface OpenerState {
  /** Which document the engine holds; null before the first. */
  readonly slot: string | null;
  readonly working: { readonly text: string; readonly part: number | null } | null;
  readonly failure: Failure | null;
}

export interface OpenerParts {
  readonly session: Session;
  readonly queries: QueryClient;
  readonly store: PageStore;
  readonly shelf: Shelf;
  readonly screens: Screens;
  readonly terminals: Terminals;
  /** Writes an address without a new entry in the history when `replace`. */
  readonly navigate: (hash: string, replace: boolean) => void;
  /** What a scenario stands as once it is open, where that is known beforehand. */
  readonly started: (id: string) => Promise<Started | null>;
}

export interface Opener {
  state(): OpenerState;
  subscribe(listener: () => void): () => void;
  /** Brings the page to an address; nothing is opened again when it is open already. */
  openRoute(route: Route): Promise<void>;
  openFiles(files: readonly File[]): Promise<void>;
  /** Opens texts that the page has itself, as a document of that name; false when they could not be opened. */
  openAs(
    name: string,
    files: readonly { readonly name: string; readonly octets: Uint8Array }[],
  ): Promise<boolean>;
  /** Throws away what was typed since the scenario began. */
  startOver(): Promise<void>;
  cancel(): void;
  dismiss(): void;
  /** The document as it is now, with the page's part. */
  current(): Promise<HopscopeDocument>;
  /** Puts the document on the shelf. */
  save(): Promise<void>;
  /** Has `settle` called before the page is kept or handed on, so that nothing still waits. The answer takes it back. */
  beforeKeeping(settle: () => void): () => void;
}

/** Whether files became machines that one can type on, not databases or dumps alone. */
const isRunning = ({ deployment, unknown }: WorldSnapshot): boolean =>
  deployment !== null || unknown.length > 0;

/** The side from which one looks first. */
function startLens(snapshot: WorldSnapshot, files: boolean): Lens {
  if (!files && snapshot.routing !== null) return 'routing';
  if (!files) return snapshot.tunnels.length > 0 ? 'overlay' : 'physical';
  if (snapshot.deployment) return 'l2';
  return snapshot.unknown.length > 0 || snapshot.logical === null ? 'physical' : 'logical';
}

export function createOpener({
  session,
  queries,
  store,
  shelf,
  screens,
  terminals,
  navigate,
  started,
}: OpenerParts): Opener {
  let state: OpenerState = { slot: null, working: null, failure: null };
  let abort: AbortController | null = null;
  /** The age of the world that the shelf holds: while it is the same, only the page's part is written again. */
  let saved: WorldAge | null = null;
  let savedTitle = '';
  const listeners = new Set<() => void>();
  const change = (part: Partial<OpenerState>): void => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };

  /** Runs one opening at a time; a failure leaves everything as it was. */
  async function work<T>(
    text: string,
    title: string,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    change({ working: { text, part: null }, failure: null });
    try {
      return await call(mine.signal);
    } catch (error) {
      const { message, place, remedy, kept, cancelled } = failureOf(error);
      if (abort === mine && !cancelled)
        change({ failure: { title, message, place, remedy, kept: state.slot === null ? '' : kept } });
      return null;
    } finally {
      if (abort === mine) change({ working: null });
    }
  }
  const onProgress = (done: number, total: number, text: string): void =>
    change({ working: { text: text || 'Opening', part: total > 0 ? done / total : null } });

  function taken(
    slot: string,
    snapshot: WorldSnapshot,
    source: Source,
    page: PagePart,
    look: Look,
    commands: HopscopeDocument['commands'] = [],
  ): void {
    screens.load(page.screens);
    terminals.reset(historyOf(commands));
    const lens = isLens(look.lens) ? look.lens : page.lens;
    const files = source.kind === 'files';
    store.getState().actions.opened(keptDocument(source, page), {
      viewport: {
        ...keptViewport(page),
        lens: lens ?? startLens(snapshot, files),
        dock:
          page.dock ??
          (isRunning(snapshot) || !files ? 'terminal' : snapshot.logical ? 'ovn-trace' : 'flows'),
        inspector: page.inspector ?? (files ? 'tables' : 'guide'),
      },
      playback: { run: look.run ?? page.run, step: look.step ?? page.step, level: page.level },
      selected: page.selected === null ? null : subjectOf(page.selected),
    });
    store.temporal.getState().clear();
    keepSnapshot(queries, { epoch: session.age().epoch + 1, version: snapshot.version }, snapshot);
    session.reopened(snapshot.version);
    change({ slot, failure: null });
  }

  async function openSaved(slot: string, document: HopscopeDocument, look: Look): Promise<boolean> {
    const page = readPagePart(document.page);
    const snapshot = await work('Opening', 'This document could not be opened', (signal) =>
      session.call('openDocument', document, { signal, onProgress }),
    );
    if (!snapshot) return false;
    const source: Source =
      document.scenario === null
        ? { kind: 'files', names: document.files.map((file) => file.name) }
        : { kind: 'scenario', id: document.scenario };
    taken(slot, snapshot, source, page, look, document.commands);
    return true;
  }

  /** A scenario is shown at once where nothing is open yet and it is known what it stands as; the same network comes up meanwhile. */
  async function openScenario(id: string, slot: string, look: Look): Promise<void> {
    const show = (title: string, snapshot: WorldSnapshot): void =>
      taken(slot, snapshot, { kind: 'scenario', id }, { ...EMPTY_PAGE_PART, title }, look);
    let shown = false;
    const opened = await work('Building the network', `“${id}” could not be opened`, async (signal) => {
      const opening = Promise.all([
        session.call('scenario', { id }, { signal }),
        session.call('open', { scenario: id, seed: CATALOGUE_SEED }, { signal, onProgress }),
      ]);
      const early =
        state.slot === null && (await Promise.race([started(id), opening.then(nothing, nothing)]));
      if (early && !signal.aborted) {
        session.wait(opening);
        show(early.entry.title, early.snapshot);
        shown = true;
      }
      try {
        const [entry, snapshot] = await opening;
        return { snapshot, title: entry?.title ?? id };
      } catch (error) {
        if (shown) change({ slot: null });
        throw error;
      }
    });
    if (opened && shown) keepSnapshot(queries, session.age(), opened.snapshot);
    else if (opened) show(opened.title, opened.snapshot);
    else if (shown && abort === null) navigate('#/', true);
  }

  /** Does what a script says to the open network, as if by hand; stops at the first thing that is refused. */
  async function runScript(name: string, deeds: readonly Deed[]): Promise<void> {
    await work(`Running ${name}`, `${name} could not be run to its end`, async (signal) => {
      const beside: { readonly host: string; readonly ended: Promise<void> }[] = [];
      for (const [at, deed] of deeds.entries()) {
        signal.throwIfAborted();
        onProgress(at, deeds.length, deed.kind === 'typed' ? deed.line : name);
        if (deed.kind === 'fault') await session.call('fault', { fault: deed.fault, on: deed.on });
        else if (deed.kind === 'messages')
          await session.call('stepMessages', { act: deed.act, end: deed.end });
        else if (deed.kind === 'inject') {
          const octets = Uint8Array.from(atob(deed.base64), (character) => character.charCodeAt(0));
          const { host, namespace, device, direction } = deed;
          await session.call('inject', { host, namespace, device, direction, octets });
        } else {
          const ended = terminals.of(deed.host).run(deed.line);
          if (deed.until === undefined) await ended;
          else beside.push({ host: deed.host, ended });
        }
      }
      for (const { host, ended } of beside) {
        terminals.of(host).interrupt();
        await ended;
      }
    });
  }

  const settling = new Set<() => void>();
  const pagePart = (): PagePart => {
    for (const settle of settling) settle();
    return keptPage(store.getState(), screens.all());
  };

  /** `name`, with a number when a document has it: what was opened before stays. */
  async function freeName(name: string): Promise<string> {
    const taken = new Set((await shelf.list()).map(({ slot }) => slot));
    for (let at = 1; ; at += 1) {
      const numbered = at === 1 ? name : `${name} (${at})`;
      if (!taken.has(slotOf(routeTo({ kind: 'files', name: numbered })) ?? '')) return numbered;
    }
  }

  /** Files as the engine takes them, under the name of the document that they become; false when they could not be opened. */
  async function openRead(
    wanted: string,
    files: readonly { readonly name: string; readonly octets: Uint8Array }[],
  ): Promise<boolean> {
    const name = await freeName(wanted);
    const snapshot = await work(`Reading ${name}`, `${name} could not be opened`, (signal) =>
      session.call('openFiles', files, { signal, onProgress }),
    );
    if (!snapshot) return false;
    const route = routeTo({ kind: 'files', name });
    taken(
      slotOf(route) ?? '',
      snapshot,
      { kind: 'files', names: files.map((file) => file.name) },
      { ...EMPTY_PAGE_PART, title: name },
      { lens: null, run: null, step: null },
    );
    navigate(formatRoute(route), false);
    await self.save();
    if (snapshot.problems.length > 0) change({ failure: remarks(name, snapshot.problems) });
    return true;
  }

  const self: Opener = {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    openRoute: async (route) => {
      const slot = slotOf(route);
      if (route.kind === 'catalogue' || slot === null || slot === state.slot) return;
      const shelved = await shelf.load(slot);
      if (shelved && (await openSaved(slot, shelved, route.look))) return;
      if (route.kind === 'scenario') {
        await openScenario(route.id, slot, route.look);
      } else if (route.kind === 'packed') {
        const { unpackDocument } = await import('./packed.ts');
        const document = parseDocument(unpackDocument(route.data));
        if (document.ok) await openSaved(slot, document.value, route.look);
        else
          change({
            failure: {
              title: 'This link could not be opened',
              message: 'The document in it is cut or damaged.',
              place: 'address',
              remedy: 'Copy the whole link again, or ask for the document as a file.',
              kept: '',
            },
          });
      } else if (!shelved) {
        change({
          failure: {
            title: `${route.name} is not here`,
            message: 'These files were opened in another browser.',
            place: '',
            remedy: 'Open them again.',
            kept: '',
          },
        });
      }
    },

    openFiles: async (files) => {
      const sorted = await sortOutFiles(files);
      if (sorted.kind === 'refused') {
        const kept = state.slot === null ? '' : 'What was open stays open.';
        const { title, message, place, remedy } = sorted;
        change({ failure: { title, message, place, remedy, kept } });
        return;
      }
      if (sorted.kind === 'document') {
        const { packDocument } = await import('./packed.ts');
        navigate(formatRoute(routeTo({ kind: 'packed', data: packDocument(sorted.document) })), false);
        return;
      }
      if (sorted.kind === 'script') {
        await runScript(sorted.name, sorted.deeds);
        return;
      }
      await openRead(sorted.files.map((file) => file.name).join(', '), sorted.files);
    },

    openAs: (name, files) => openRead(name, files),

    startOver: async () => {
      const { slot } = state;
      if (slot === null) return;
      await shelf.remove(slot);
      const route = parseRoute(`#/${slot.slice(0, 2)}${encodeURIComponent(slot.slice(2))}`);
      if (route.kind !== 'scenario') return;
      await openScenario(route.id, slot, route.look);
    },

    cancel: () => {
      abort?.abort();
      abort = null;
      change({ working: null });
    },
    dismiss: () => change({ failure: null }),

    beforeKeeping: (settle) => {
      settling.add(settle);
      return () => settling.delete(settle);
    },

    current: () => session.call('document', { page: pagePart() }),

    save: async () => {
      const { slot } = state;
      if (slot === null) return;
      const age = session.age();
      const { title } = store.getState().document;
      if (saved !== age || savedTitle !== title) {
        const document = await self.current();
        if (state.slot !== slot) return;
        saved = age;
        savedTitle = title;
        await shelf.save(slot, title, document);
      }
      await shelf.savePage(slot, pagePart());
    },
  };
  return self;
}

function historyOf(commands: HopscopeDocument['commands']): ReadonlyMap<string, readonly string[]> {
  const history = new Map<string, string[]>();
  for (const deed of commands) {
    if (deed.kind !== 'typed') continue;
    const lines = history.get(deed.host);
    if (lines) lines.push(deed.line);
    else history.set(deed.host, [deed.line]);
  }
  return history;
}
