/** Sends what waits for a neighbour: withdrawals first, then routes of equal attributes together, then what ends it: End-of-RIB, the end of a refresh. */
import type { MpNextHop, PathAttributes } from './attributes.ts';
import { EXTENDED_MAXIMUM_SIZE, MAXIMUM_SIZE } from './message/header.ts';
import type { Nlri } from './message/nlri.ts';
import {
  encodeAnnouncement4,
  encodeEndOfRib,
  encodeMpAnnouncement,
  encodeWithdrawal,
  type EncodeOptions,
} from './message/update-encode.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { defaultPrefix } from './default-route.ts';
import { usesMpNextHop, wireAttributes } from './wire-attributes.ts';
import { FAMILY_TEXT } from '../show/family.ts';
import { SessionLog } from './session-log.ts';
import { updateSent, withdrawalSent } from './update-log.ts';
import { answerPending, endRefresh, type SessionOutput } from './refresh.ts';
import type { Speaker } from './speaker.ts';

/** Prefixes that go out together. */
interface OutgoingGroup {
  readonly attributes: PathAttributes;
  readonly nlris: Nlri[];
  /** They began in this router. */
  readonly isOwn: boolean;
}

export function sendWaiting(speaker: Speaker, neighbour: Neighbour, output: SessionOutput): void {
  if (!neighbour.isEstablished) return;
  for (const family of neighbour.families.values())
    if (family.negotiated) sendFamily(speaker, neighbour, family, output);
}

function encodeOptions(neighbour: Neighbour): EncodeOptions {
  const { sentCapabilities, receivedCapabilities } = neighbour;
  const extended =
    sentCapabilities?.extendedMessage === true && receivedCapabilities?.extendedMessage === true;
  return {
    as4: receivedCapabilities !== null && receivedCapabilities.as4 !== null,
    addPath: false,
    maximumSize: extended ? EXTENDED_MAXIMUM_SIZE : MAXIMUM_SIZE,
  };
}

function sendFamily(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  output: SessionOutput,
): void {
  const options = encodeOptions(neighbour);
  const send = (messages: readonly Uint8Array[]): void => output.send(neighbour, messages, 'update');
  const withdrawn: Nlri[] = [];
  const groups = new Map<string, OutgoingGroup>();
  if (family.outgoingDefault === null) withdrawn.push({ prefix: defaultPrefix(family), pathId: 0 });
  else if (family.outgoingDefault !== undefined)
    groups.set('', {
      attributes: family.outgoingDefault,
      nlris: [{ prefix: defaultPrefix(family), pathId: 0 }],
      isOwn: true,
    });
  family.outgoingDefault = undefined;
  for (const [destination, route] of family.outgoing) {
    const plain = { prefix: destination.prefix, pathId: 0 };
    if (route === null) {
      withdrawn.push(plain);
      continue;
    }
    const { attributes, key } = route;
    const nlri = attributes.overlay === null ? plain : { ...plain, overlay: attributes.overlay };
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { attributes, nlris: [nlri], isOwn: destination.selected?.peer === speaker.self });
    else group.nlris.push(nlri);
  }
  family.outgoing.clear();
  const isMp = family.family !== 'ipv4-unicast' || usesMpNextHop(neighbour, family);
  if (withdrawn.length > 0 || groups.size > 0) family.updateSentAt = speaker.now;
  const messages: Uint8Array[] = [];
  if (withdrawn.length > 0) {
    const some = encodeWithdrawal(family.family, isMp, withdrawn, options);
    withdrawalSent(speaker, neighbour, family, withdrawn, some);
    messages.push(...some);
  }
  for (const { attributes, nlris, isOwn } of groups.values()) {
    const outgoing = wireAttributes(speaker, neighbour, family, attributes);
    const nextHop = usesMpNextHop(neighbour, family)
      ? wireMpNextHop(neighbour, family, attributes)
      : wireNextHop(neighbour, family, attributes);
    const some =
      isMp || typeof nextHop !== 'number'
        ? encodeMpAnnouncement(outgoing, family.family, nextHop, nlris, options)
        : encodeAnnouncement4(outgoing, nextHop, nlris, options);
    updateSent(speaker, neighbour, family, attributes, {
      isOwn,
      nextHop,
      nlris,
      messages: some,
      options,
    });
    messages.push(...some);
  }
  send(messages);
  endRefresh(output, neighbour, family);
  if (family.endOfRibWaits) {
    family.endOfRibWaits = false;
    family.endOfRibSent = true;
    family.endOfRibSentAt = speaker.now;
    new SessionLog(speaker, neighbour).endOfRibSent(FAMILY_TEXT[family.family]);
    send([encodeEndOfRib(family.family)]);
    answerPending(speaker, output, neighbour, family);
  }
}

/** This router's address where the attributes have none. */
function wireNextHop(neighbour: Neighbour, family: NeighbourFamily, attributes: PathAttributes): number {
  const mapped =
    attributes.nextHopSetBy !== null && (neighbour.isInternal || family.options.routeMapOut !== undefined);
  if (mapped && attributes.nextHopSetBy === 'route-map-peer-address') return neighbour.nextHop4;
  const nextHop = attributes.nextHop ?? 0;
  return nextHop === 0 ? neighbour.nextHop4 : nextHop;
}

function wireMpNextHop(neighbour: Neighbour, family: NeighbourFamily, attributes: PathAttributes): MpNextHop {
  const own = attributes.mpNextHop ?? { global: 0n, linkLocal: null };
  const byPeer =
    attributes.nextHopSetBy === 'route-map-peer-address' &&
    (neighbour.isInternal || family.options.routeMapOut !== undefined);
  let global = own.global === 0n || byPeer ? neighbour.nextHop6Global : own.global;
  if (global === 0n && neighbour.nextHop4 !== 0) global = (0xffffn << 32n) | BigInt(neighbour.nextHop4);
  return { global, linkLocal: own.linkLocal === 0n ? neighbour.nextHop6Local : own.linkLocal };
}
