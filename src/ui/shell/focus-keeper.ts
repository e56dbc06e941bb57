/** Keeps the keyboard's place: when what has the focus goes from the page, the focus moves to what is left nearest to it, never to nothing. */

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]';
/** A panel takes the focus itself rather than its first control: what came into it is read from its top. */
const PANELS = '[role="dialog"], [role="tabpanel"]';
const FIELDS = 'input, textarea, select';
/** Elements that had the focus lately, newest last. */
const REMEMBERED = 12;

interface FocusKeeperOptions {
  /** Where the focus goes when nothing near is left: the first selector that is on the page. */
  readonly entries: readonly string[];
  /** Whether an element can be seen; happy-dom draws none. */
  readonly isShown?: (element: HTMLElement) => boolean;
  /** Calls back once those who take the focus themselves have had their turn. */
  readonly later?: (act: () => void) => void;
}

const drawn = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** Until `signal`. */
export function keepFocus(
  root: Document,
  { entries, isShown = drawn, later = (act) => void requestAnimationFrame(act) }: FocusKeeperOptions,
  signal: AbortSignal,
): void {
  let held: HTMLElement | null = null;
  let trail: readonly HTMLElement[] = [];
  const isLost = (): boolean => root.activeElement === null || root.activeElement === root.body;

  const takes = (element: HTMLElement): boolean =>
    element.isConnected && element.tabIndex >= 0 && element.closest('[inert]') === null && isShown(element);
  /** Those in `part` that Tab comes to, itself included. */
  const stopsIn = (part: Element): readonly HTMLElement[] =>
    [part, ...part.querySelectorAll(FOCUSABLE)].filter(
      (element): element is HTMLElement => element instanceof HTMLElement && takes(element),
    );

  /** In the row or control after the one that went, else before it, the control at the same place. */
  function beside(record: MutationRecord, gone: Node, at: number): HTMLElement | null {
    for (const way of ['nextElementSibling', 'previousElementSibling'] as const) {
      const first = way === 'nextElementSibling' ? record.nextSibling : record.previousSibling;
      for (let part = elementAt(first, way); part; part = part[way]) {
        const stops = stopsIn(part);
        const isAlike = gone instanceof Element && gone.tagName === part.tagName;
        const stop = stops[isAlike ? Math.min(at, stops.length - 1) : 0];
        if (stop && part.isConnected) return stop;
      }
    }
    return null;
  }

  const panelIn = (part: Element): HTMLElement | null =>
    [...part.querySelectorAll<HTMLElement>(PANELS)].find(isShown) ?? null;

  function above(parent: Element): HTMLElement | null {
    for (let part: Element | null = parent; part && part !== root.body; part = part.parentElement) {
      if (!(part instanceof HTMLElement) || !part.isConnected) continue;
      if (part.matches(PANELS) && isShown(part)) return part;
      const stops = stopsIn(part);
      // A field would take the page's own keys for text.
      const stop = stops.find((other) => !other.matches(FIELDS)) ?? stops[0];
      if (stop) return stop;
    }
    return null;
  }

  /** What took the place of `gone`: the same kind of thing drawn anew, if there is just one. */
  function twin(gone: HTMLElement, parent: Element): HTMLElement | null {
    if (gone.tagName === 'BUTTON' || gone.className === '') return null;
    const same = [...parent.getElementsByClassName(gone.className)].filter(
      (other): other is HTMLElement => other instanceof HTMLElement && other.tagName === gone.tagName,
    );
    const [only] = same;
    return only && same.length === 1 && takes(only) ? only : null;
  }

  function successor(gone: HTMLElement, records: readonly MutationRecord[]): HTMLElement | null {
    let lost: Node = gone;
    for (const record of records) {
      const part = [...record.removedNodes].find((node) => node.contains(lost));
      if (!part || !(record.target instanceof Element)) continue;
      if (record.target.isConnected) {
        const at = part instanceof Element ? [...part.querySelectorAll(FOCUSABLE)].indexOf(gone) : 0;
        const isPanel = part instanceof Element && part.matches(PANELS);
        return (
          twin(gone, record.target) ??
          (isPanel ? panelIn(record.target) : beside(record, part, Math.max(0, at))) ??
          above(record.target)
        );
      }
      lost = record.target;
    }
    return null;
  }

  function restore(gone: HTMLElement, records: readonly MutationRecord[]): void {
    if (!isLost() || gone.isConnected) return;
    const entry = (): HTMLElement | undefined =>
      entries
        .map((selector) => root.querySelector<HTMLElement>(selector))
        .find((element) => element !== null && takes(element)) ?? undefined;
    const next = successor(gone, records) ?? trail.toReversed().find(takes) ?? entry();
    next?.focus({ preventScroll: false });
  }

  const observer = new MutationObserver((records) => {
    if (held === null || held.isConnected) return;
    const gone = held;
    held = null;
    later(() => restore(gone, records));
  });
  root.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      held = target;
      trail = [...trail.filter((other) => other !== target && other.isConnected), target].slice(-REMEMBERED);
    },
    { signal },
  );
  observer.observe(root.body, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}

function elementAt(node: Node | null, way: 'nextElementSibling' | 'previousElementSibling'): Element | null {
  let at = node;
  while (at && !(at instanceof Element))
    at = way === 'nextElementSibling' ? at.nextSibling : at.previousSibling;
  return at;
}
