/** What each machine's terminal has shown, kept so that a reload shows it again. Bounded: the end is what matters. */

/** Characters kept a machine. */
const KEPT = 48_000;

export interface Screens {
  append(host: string, text: string): void;
  clear(host: string): void;
  get(host: string): string;
  all(): Record<string, string>;
  load(screens: Readonly<Record<string, string>>): void;
}

export function createScreens(): Screens {
  let screens = new Map<string, string>();
  return {
    append: (host, text) => {
      const whole = (screens.get(host) ?? '') + text;
      // Cutting at half keeps appending cheap over a long output.
      screens.set(host, whole.length > KEPT * 2 ? wholeLines(whole.slice(-KEPT)) : whole);
    },
    clear: (host) => void screens.delete(host),
    get: (host) => screens.get(host) ?? '',
    all: () =>
      Object.fromEntries(
        [...screens].map(([host, text]) => [host, text.length > KEPT ? wholeLines(text.slice(-KEPT)) : text]),
      ),
    load: (saved) => {
      screens = new Map(Object.entries(saved));
    },
  };
}

const wholeLines = (text: string): string => text.slice(text.indexOf('\n') + 1);
