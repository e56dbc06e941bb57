/** Spellings of actions that OVN had before 26.03, so that databases of older releases can still be traced. */

/**
 * The same actions in the present spelling; undefined when nothing is known to have changed. `ct_commit(ct_label=V/M)`
 * became `ct_commit { ... }`, and the backends of `ct_lb` got a name.
 */
export function modernActions(actions: string): string | undefined {
  const modern = actions
    .replace(/\bct_commit\(([^)]*)\)/g, (_all, list: string) => `ct_commit { ${assignments(list)} }`)
    .replace(/\bct_lb\((?!backends|\))/g, 'ct_lb(backends=');
  return modern === actions ? undefined : modern;
}

/** `ct_mark=1/1, ct_label=2/2` as statements. */
function assignments(list: string): string {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part.replace(/\s*=\s*/, ' = ')};`)
    .join(' ');
}
