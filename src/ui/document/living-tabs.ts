/** Which tabs of this browser are open: each holds a lock of its name (Web Locks), which the browser takes back with the page. */

export interface LivingTabs {
  /** Resolves when the tab is among those that are open. */
  enter(tab: string): Promise<void>;
  /** Empty where the browser has no such locks. */
  all(): Promise<ReadonlySet<string>>;
}

const NAME = 'hopscope-tab:';

/** `locks`: undefined where the page is not served securely. */
export function createLivingTabs(locks: Pick<LockManager, 'request' | 'query'> | undefined): LivingTabs {
  return {
    enter: (tab) =>
      new Promise((entered) => {
        const held = locks?.request(NAME + tab, () => {
          entered();
          return new Promise<never>(() => undefined);
        });
        if (held) held.catch(() => entered());
        else entered();
      }),
    all: async () => {
      const { held = [] } = (await locks?.query().catch(() => null)) ?? {};
      return new Set(
        held.flatMap(({ name }) => (name?.startsWith(NAME) === true ? [name.slice(NAME.length)] : [])),
      );
    },
  };
}
