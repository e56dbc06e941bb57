/**
 * Opens documents and keeps them: from the catalogue, from an address, from files, from this browser's shelf.
 * What was open stays open until the engine has accepted another.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { Deed, HopscopeDocument } from '../../engine/document.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { CATALOGUE_SEED, type Started } from '../../engine/started.ts';
import { keepSnapshot } from '../engine/queries.ts';
import { failureOf, type Session } from '../engine/session.ts';
import { isLens, type Lens } from '../store/lenses.ts';
import type { Source } from '../store/slices.ts';
import type { PageStore } from '../store/store.ts';
import type { Screens } from '../terminal/screens.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { parseDocument } from '../../export/index.ts';
import { subjectOf } from '../../view/index.ts';
import { keptArrangement, keptDocument, keptViewport } from './kept-page.ts';
import { doAgain } from './deeds.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { EMPTY_PAGE_PART, readPagePart, type PagePart } from './page-part.ts';
import { formatRoute, NO_LOOK, routeTo, slotOf, type Look, type Route } from './route.ts';
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
  /** The slot that it was opened from: while it is the same, so is the document, whatever slot it is kept in. */
  readonly opened: string | null;
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
  readonly journal: Journal;
  /** The document has a name and a slot of its own from now on: another tab has gone on with the one that it was opened from. */
  readonly parted: (name: string) => void;
  /** Writes an address without a new entry in the history when `replace`. */
  readonly navigate: (hash: string, replace: boolean) => void;
  /** What a scenario stands as once it is open, where that is known beforehand. */
  readonly started: (id: string) => Promise<Started | null>;
}

/** Keeping: `save` puts the document on the shelf, in a slot of its own where another tab has gone on with the same; `leave` what can be put there at once, before the browser ends the page. */
export interface Opener extends Omit<Keeper, 'opened'> {
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
  journal,
  parted,
  navigate,
  started,
}: OpenerParts): Opener {
  let state: OpenerState = { slot: null, opened: null, working: null, failure: null };
  let abort: AbortController | null = null;
  const listeners = new Set<() => void>();
  const change = (part: Partial<OpenerState>): void => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };

  /** Both tabs have worked on one document: from here on this one keeps its own. */
  async function part(): Promise<void> {
    const from = state.slot;
    const { document, viewport, playback } = store.getState();
    const name = await freeName(document.title);
    const look = { lens: viewport.lens, run: playback.run, step: playback.step || null };
    const route = { kind: 'files', name, look } as const;
    const slot = slotOf(route);
    if (slot === null || state.slot !== from) return;
    const { temporal } = store;
    temporal.getState().pause();
    store.getState().actions.setTitle(name);
    temporal.getState().resume();
    journal.move(slot);
    change({ slot });
    navigate(formatRoute(route), true);
    parted(name);
    await keeper.save();
  }
  const keeper = createKeeper({ session, store, shelf, screens, journal, slot: () => state.slot, part });

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
    left: readonly JournalEntry[] = [],
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
      arrangement: keptArrangement(page),
      playback: { run: look.run ?? page.run, step: look.step ?? page.step, level: page.level },
      selected: page.selected === null ? null : subjectOf(page.selected),
    });
    store.temporal.getState().clear();
    keepSnapshot(queries, { epoch: session.age().epoch + 1, version: snapshot.version }, snapshot);
    session.reopened(snapshot.version);
    keeper.opened(commands);
    journal.open(slot, commands, left);
    change({ slot, opened: slot, failure: null });
  }

  async function openSaved(
    slot: string,
    document: HopscopeDocument,
    look: Look,
    left: readonly JournalEntry[],
  ): Promise<boolean> {
    const page = readPagePart(document.page);
    const snapshot = await work('Opening', 'This document could not be opened', (signal) =>
      session.call('openDocument', document, { signal, onProgress }),
    );
    if (!snapshot) return false;
    const source: Source =
      document.scenario === null
        ? { kind: 'files', names: document.files.map((file) => file.name) }
        : { kind: 'scenario', id: document.scenario };
    taken(slot, snapshot, source, page, look, document.commands, left);
    return true;
  }

  /** A scenario is shown at once where nothing is open yet and it is known what it stands as; the same network comes up meanwhile. */
  async function openScenario(
    id: string,
    slot: string,
    look: Look,
    left: readonly JournalEntry[],
  ): Promise<boolean> {
    const show = (title: string, snapshot: WorldSnapshot): void =>
      taken(slot, snapshot, { kind: 'scenario', id }, { ...EMPTY_PAGE_PART, title }, look, [], left);
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
    return opened !== null;
  }

  const again = (
    deeds: readonly Deed[],
    title: string,
    failed: string,
    unawaited: ReadonlySet<Deed> = new Set(),
  ): Promise<unknown> =>
    work(title, failed, (signal) =>
      doAgain(
        deeds,
        session,
        terminals,
        signal,
        (done, deed) => onProgress(done, deeds.length, deed.kind === 'typed' ? deed.line : title),
        unawaited,
      ),
    );

  /** What the page was closed in the midst of. */
  const goOn = async (left: readonly JournalEntry[]): Promise<void> => {
    if (left.length === 0) return;
    const deeds = left.map(({ deed }) => deed);
    // It had not ended when the page was closed, and may be one that never does.
    const unawaited = new Set(deeds.filter((_, at) => left[at]?.beside === true || at === left.length - 1));
    await again(
      deeds,
      'Going on where the page was closed',
      'What was done last could not be done again',
      unawaited,
    );
    if (abort === null) journal.forgetLeft();
  };

  /** `name`, with a number when a document has it: what was opened before stays. */
  async function freeName(name: string): Promise<string> {
    const kept = await shelf.list();
    const taken = new Set(kept.map(({ slot }) => slot));
    const titles = new Set(kept.map(({ title }) => title));
    for (let at = 1; ; at += 1) {
      const numbered = at === 1 ? name : `${name} (${at})`;
      const slot = slotOf(routeTo({ kind: 'files', name: numbered })) ?? '';
      if (!taken.has(slot) && !titles.has(numbered)) return numbered;
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
    await keeper.save();
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
      const [shelved, left] = await Promise.all([shelf.load(slot), shelf.loadDeeds(slot)]);
      if (shelved) {
        // What is kept is never replaced by its own beginning: not opened this time, it can be the next time.
        if (await openSaved(slot, shelved, route.look, left)) await goOn(left);
        return;
      }
      if (route.kind === 'scenario') {
        if (await openScenario(route.id, slot, route.look, left)) await goOn(left);
      } else if (route.kind === 'packed') {
        const { unpackDocument } = await import('./packed.ts');
        const document = parseDocument(unpackDocument(route.data));
        if (document.ok) {
          if (await openSaved(slot, document.value, route.look, left)) await goOn(left);
        } else
          change({
            failure: {
              title: 'This link could not be opened',
              message: 'The document in it is cut or damaged.',
              place: 'address',
              remedy: 'Copy the whole link again, or ask for the document as a file.',
              kept: '',
            },
          });
      } else {
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
        const { name, deeds } = sorted;
        await again(deeds, `Running ${name}`, `${name} could not be run to its end`);
        return;
      }
      await openRead(sorted.files.map((file) => file.name).join(', '), sorted.files);
    },

    openAs: (name, files) => openRead(name, files),

    startOver: async () => {
      const { slot } = state;
      if (slot === null) return;
      await shelf.remove(slot);
      const { source } = store.getState().document;
      if (source?.kind === 'scenario') await openScenario(source.id, slot, NO_LOOK, []);
    },

    cancel: () => {
      abort?.abort();
      abort = null;
      change({ working: null });
    },
    dismiss: () => change({ failure: null }),

    beforeKeeping: keeper.beforeKeeping,
    current: keeper.current,
    save: keeper.save,
    leave: keeper.leave,
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
