/** After the first visit the page works without a network: a worker of the browser keeps its files, and a newer build of them is told. */

/** A page that stays open asks for a newer build when it is looked at again, this often at most. */
const ASK_AGAIN = 3_600_000;

/** What must be over before files are kept: `over` is asked after each of `subscribe`'s calls. */
export interface Beginning {
  readonly over: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Does nothing where the browser has no such worker, or in development. Keeping files must not delay what the page begins
 * with. `newer`: another build has taken this one's place.
 */
export function keepOffline({ over, subscribe }: Beginning, newer: () => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  // The first worker of all brings this very build.
  if (serviceWorker.controller !== null)
    serviceWorker.addEventListener('controllerchange', () => {
      void isOfThisBuild().then((same) => same || newer());
    });
  const register = async (): Promise<void> => {
    const registration = await serviceWorker.register('./sw.js');
    let asked = performance.now();
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' || performance.now() - asked < ASK_AGAIN) return;
      asked = performance.now();
      registration.update().catch(() => undefined);
    });
  };
  // Forbidden, or in a private window: the page works all the same.
  const begin = (): void => void requestIdleCallback(() => void register().catch(() => undefined));
  const whenOver = (): void => {
    if (over()) {
      begin();
      return;
    }
    const leave = subscribe(() => {
      if (!over()) return;
      leave();
      begin();
    });
  };
  if (document.readyState === 'complete') whenOver();
  else addEventListener('load', whenOver);
}

/** Whether the newest kept files have this one among them: its name changes with what it holds. */
async function isOfThisBuild(): Promise<boolean> {
  const newest = (await caches.keys()).findLast((name) => name.startsWith('hopscope-'));
  if (newest === undefined) return true;
  const kept = await caches.open(newest);
  return (await kept.match(import.meta.url, { ignoreVary: true })) !== undefined;
}
