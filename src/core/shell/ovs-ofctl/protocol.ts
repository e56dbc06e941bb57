/** Which OpenFlow version and flow format a request travels in. */
import {
  formatProtocols,
  PROTOCOLS,
  protocolsOf,
  versionOf,
  type OfVersion,
  type Protocols,
} from '../../ofproto/protocol.table.ts';
import type { GroupCommand } from '../../ofproto/group-text.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';

/** The formats that the command line allows. */
const allowedProtocols = ({ versions }: OfctlOptions): Protocols =>
  versions.reduce((all, version) => all | protocolsOf(version), 0);

/** The version for a request that `usable` formats can carry; ends the program when none of them is allowed. */
export function versionFor(options: OfctlOptions, usable: Protocols): OfVersion {
  const allowed = allowedProtocols(options);
  const both = usable & allowed;
  if (both === 0)
    throw new OfctlError(
      `none of the usable flow formats (${formatProtocols(usable)}) is among the allowed flow formats (${formatProtocols(allowed)})`,
    );
  // The connection's own version is kept when it will do.
  if ((both & protocolsOf(options.version)) !== 0) return options.version;
  const lowest = both & -both;
  return versionOf(lowest);
}

/**
 * The version in which flows are asked for, so that `usable` formats can carry all that is said of them. OpenFlow 1.0 has
 * no table ids in the formats that it can list flows in.
 */
export function dumpVersion(options: OfctlOptions, usable: Protocols): OfVersion {
  const allowed = allowedProtocols(options);
  const formats = usable & allowed;
  if (formats === 0)
    throw new OfctlError(
      `none of the usable flow formats (${formatProtocols(usable)}) is among the allowed flow formats (${formatProtocols(allowed)})`,
    );
  const listable = formats & protocolsOf(options.version) & PROTOCOLS.listable;
  if (listable === 0)
    throw new OfctlError(
      `switch does not support any of the usable flow formats (${formatProtocols(usable)})`,
    );
  return options.version;
}

/** Transactions before the first request of the command itself. */
const FIRST_XID = 2;
/** Names of ports and of tables are asked for first, each over a connection of its own, unless `--no-names`. */
const NAMES_COST = 4;
/** A request and the barrier behind it. */
export const REQUEST_COST = 2;
/** A switch of the flow format, or of table ids on, is a request with a barrier. */
export const FORMAT_COST = 2;

/** The transaction id of a request after look-ups of names and `extra` others. */
export const xidAfterNames = (options: OfctlOptions, extra = 0): string =>
  `0x${(FIRST_XID + (options.names === false ? 0 : NAMES_COST) + extra).toString(16)}`;

/** `(OF1.5) (xid=0x2)` after the name of a message; OpenFlow 1.0 is not named. */
export const messageHead = (name: string, version: OfVersion, xid = '0x2'): string =>
  `${name}${version === 1 ? '' : ` (OF1.${version - 1})`} (xid=${xid}):`;

const BUCKET_COMMANDS: Readonly<Partial<Record<GroupCommand, string>>> = {
  insert_bucket: 'insert-bucket',
  remove_bucket: 'remove-bucket',
};

/** Ends the program when a message of `version` cannot say that only some buckets of a group are meant. */
export function checkBucketCommand(command: GroupCommand, version: OfVersion): void {
  const name = BUCKET_COMMANDS[command];
  if (name !== undefined && version > 1 && version < 6)
    throw new OfctlError(`${name} needs OpenFlow 1.5 or later ('-O OpenFlow15')`);
}
