/** After the first visit the page works without a network: a worker of the browser keeps its files. */

/** What must be over before files are kept: `over` is asked after each of `subscribe`'s calls. */
export interface Beginning {
  readonly over: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Does nothing where the browser has no such worker, or in development. Keeping files must not delay what the page begins with. */
export function keepOffline({ over, subscribe }: Beginning): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = (): void => {
    navigator.serviceWorker.register('./sw.js').catch(() => {
      // Forbidden, or a private window: the page works all the same.
    });
  };
  const whenOver = (): void => {
    if (over()) return void requestIdleCallback(register);
    const leave = subscribe(() => {
      if (!over()) return;
      leave();
      requestIdleCallback(register);
    });
  };
  if (document.readyState === 'complete') whenOver();
  else addEventListener('load', whenOver);
}
