/** Gives the thread to whatever else waits for it. */

/** After the tasks that wait already. A timer would come some milliseconds late each time. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
