/** After the first visit the page works without a network: a worker of the browser keeps its files. */

/** Does nothing where the browser has no such worker, or in development. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the page has come up: keeping files must not delay it.
  const register = (): void => {
    navigator.serviceWorker.register('./sw.js').catch(() => {
      // Forbidden, or a private window: the page works all the same.
    });
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}
