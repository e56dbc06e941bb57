/** The page's address: which document, and where in it one is looking. Only the part after `#` is used, so any static host serves. */

export type Route =
  | { readonly kind: 'catalogue' }
  /** A catalogue scenario; its address can be shared. */
  | { readonly kind: 'scenario'; readonly id: string; readonly look: Look }
  /** A whole document inside the address. */
  | { readonly kind: 'packed'; readonly data: string; readonly look: Look }
  /** Files that were opened here; kept in this browser only. */
  | { readonly kind: 'files'; readonly name: string; readonly look: Look };

/** Lens, run and step kept in the address; null where it does not say. */
export interface Look {
  readonly lens: string | null;
  readonly run: number | null;
  readonly step: number | null;
}

export const NO_LOOK: Look = { lens: null, run: null, step: null };

const PREFIX = { scenario: 's', packed: 'd', files: 'f' } as const;

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Reads `location.hash`. What it does not know is the catalogue. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const slash = path.indexOf('/');
  const prefix = path.slice(0, slash);
  const encoded = path.slice(slash + 1);
  if (slash < 0 || encoded === '') return { kind: 'catalogue' };
  let rest: string;
  try {
    rest = decodeURIComponent(encoded);
  } catch {
    return { kind: 'catalogue' };
  }
  const values = new URLSearchParams(query);
  const look: Look = {
    lens: values.get('lens'),
    run: wholeNumber(values.get('run')),
    step: wholeNumber(values.get('step')),
  };
  switch (prefix) {
    case PREFIX.scenario:
      return { kind: 'scenario', id: rest, look };
    case PREFIX.packed:
      return { kind: 'packed', data: rest, look };
    case PREFIX.files:
      return { kind: 'files', name: rest, look };
    default:
      return { kind: 'catalogue' };
  }
}

/** The address of a route, from `#` on; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  const slot = slotOf(route);
  if (slot === null || route.kind === 'catalogue') return '#/';
  const values = new URLSearchParams();
  if (route.look.lens !== null) values.set('lens', route.look.lens);
  if (route.look.run !== null) values.set('run', String(route.look.run));
  if (route.look.step !== null) values.set('step', String(route.look.step));
  const query = values.toString();
  const [prefix, ...rest] = slot.split('/');
  return `#/${prefix}/${encodeURIComponent(rest.join('/'))}${query ? `?${query}` : ''}`;
}

/** Names the document of a route in this browser's store; null for the catalogue. */
export function slotOf(route: Route): string | null {
  switch (route.kind) {
    case 'catalogue':
      return null;
    case 'scenario':
      return `${PREFIX.scenario}/${route.id}`;
    case 'packed':
      return `${PREFIX.packed}/${route.data}`;
    case 'files':
      return `${PREFIX.files}/${route.name}`;
  }
}

/** The same route without a place to look at. */
export const routeTo = (
  route:
    | { kind: 'scenario'; id: string }
    | { kind: 'packed'; data: string }
    | { kind: 'files'; name: string },
): Route => ({
  ...route,
  look: NO_LOOK,
});
