/** Which VRFs a `show` command is about. */
import type { Args } from '../config/match.ts';
import type { ShowContext } from './context.ts';

/** The names after `vrf`, or `usual` without; of `all` those that zebra has. Undefined: there is none of that name. */
export function vrfNames(context: ShowContext, args: Args, usual = 'default'): string[] | undefined {
  const typed = args.find('vrf') ?? usual;
  const known = context.zebra.vrfs().map((one) => one.name);
  // As zebra goes through them: in the order of their names' octets.
  if (typed === 'all') return known.toSorted((a, b) => (a < b ? -1 : 1));
  return known.includes(typed) ? [typed] : undefined;
}
