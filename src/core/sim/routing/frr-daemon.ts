/** FRR's daemons by name: those that run here, and those that only its init script and files know. */

/** In the order in which the init script starts them. */
export const MODELLED_DAEMONS = ['zebra', 'bgpd', 'staticd', 'bfdd'] as const;
export type FrrDaemon = (typeof MODELLED_DAEMONS)[number] | 'watchfrr';

export const isModelled = (name: string): name is (typeof MODELLED_DAEMONS)[number] =>
  (MODELLED_DAEMONS as readonly string[]).includes(name);

/** All of FRR 8.4, in the init script's order; the first is always started, and so is staticd. */
export const ALL_DAEMONS = [
  'zebra',
  'bgpd',
  'ripd',
  'ripngd',
  'ospfd',
  'ospf6d',
  'isisd',
  'babeld',
  'pimd',
  'pim6d',
  'ldpd',
  'nhrpd',
  'eigrpd',
  'sharpd',
  'pbrd',
  'staticd',
  'bfdd',
  'fabricd',
  'vrrpd',
  'pathd',
] as const;

/** The order in which vtysh lists those that it is connected to. */
export const VTYSH_ORDER: readonly FrrDaemon[] = ['zebra', 'bgpd', 'watchfrr', 'staticd', 'bfdd'];
