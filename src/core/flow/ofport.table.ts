/** OpenFlow port numbers: 16 bits, the last ones reserved. */

/** A port of one bridge, 1 to 0xfeff, or a reserved number of `OFPP`. */
export type OfPort = number;

/** The reserved port numbers of OpenFlow 1.0; `max` is the first number that no port may have. */
export const OFPP = {
  max: 0xff00,
  unset: 0xfff7,
  inPort: 0xfff8,
  table: 0xfff9,
  normal: 0xfffa,
  flood: 0xfffb,
  all: 0xfffc,
  controller: 0xfffd,
  local: 0xfffe,
  none: 0xffff,
} as const;

/** Names of reserved ports as they are printed; `ANY` is read as well as `NONE`. */
export const RESERVED_PORTS: readonly (readonly [string, OfPort])[] = [
  ['UNSET', OFPP.unset],
  ['IN_PORT', OFPP.inPort],
  ['TABLE', OFPP.table],
  ['NORMAL', OFPP.normal],
  ['FLOOD', OFPP.flood],
  ['ALL', OFPP.all],
  ['CONTROLLER', OFPP.controller],
  ['LOCAL', OFPP.local],
  ['ANY', OFPP.none],
  ['NONE', OFPP.none],
];
