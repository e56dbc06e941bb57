/** Sends what waits for a neighbour: withdrawals first, then routes of equal attributes together, then what ends it: End-of-RIB, the end of a refresh. */
import type { ToldRoute } from './advertised-routes.ts';
import type { MpNextHop, PathAttributes } from './attributes.ts';
import { GroupPackets, type NextHopPlaces, type PacketQueue, type WireNextHop } from './group-packets.ts';
import { EXTENDED_MAXIMUM_SIZE, MAXIMUM_SIZE } from './message/header.ts';
import { runOf, type MessageRun } from './message/message-run.ts';
import { nextHopPlace } from './message/next-hop-place.ts';
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
import { OutgoingGroups } from './outgoing-groups.ts';
import { FAMILY_TEXT } from '../show/family.ts';
import { SessionLog } from './session-log.ts';
import { updateSent, withdrawalSent } from './update-log.ts';
import { answerPending, endRefresh, type SessionOutput } from './refresh.ts';
import type { Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';

/** `queue` is kept while others wait to be told. */
export function sendWaiting(
  speaker: Speaker,
  neighbour: Neighbour,
  output: SessionOutput,
  queue: PacketQueue,
): void {
  if (!neighbour.isEstablished) return;
  for (const family of neighbour.families.values())
    if (family.negotiated) sendFamily(speaker, neighbour, family, output, queue);
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
  queue: PacketQueue,
): void {
  const send = (run: MessageRun): void => output.send(neighbour, run, 'update');
  if (family.outgoing.size > 0 || family.outgoingDefault !== undefined) {
    family.updateSentAt = speaker.now;
    send(waitingMessages(speaker, neighbour, family, queue));
    family.outgoing.clear();
    family.outgoingDefault = undefined;
  }
  family.membership?.sent();
  endRefresh(output, neighbour, family);
  if (family.endOfRibWaits) {
    family.endOfRibWaits = false;
    family.endOfRibSent = true;
    family.endOfRibSentAt = speaker.now;
    new SessionLog(speaker, neighbour).endOfRibSent(FAMILY_TEXT[family.family]);
    send(runOf([encodeEndOfRib(family.family)]));
    answerPending(speaker, output, neighbour, family);
  }
}

/** What waits for a neighbour: made, or as the one before it in its update group was sent it. */
function waitingMessages(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  queue: PacketQueue,
): MessageRun {
  const isShared =
    (family.family === 'ipv4-unicast' || family.family === 'ipv6-unicast') &&
    family.outgoingDefault === undefined &&
    !speaker.host.log.wants('bgp updates out');
  if (!isShared) return runOf(makeMessages(speaker, neighbour, family, null));
  const group = updateGroup(speaker.groupNumbers, neighbour, family);
  const packets = queue.of(speaker, group);
  const nextHopOf = ({ attributes }: ToldRoute): WireNextHop => ownNextHop(neighbour, family, attributes);
  const again = packets?.say(family.outgoing) === true ? packets.with(nextHopOf) : undefined;
  if (again !== undefined) return again;
  const nextHops: NextHopPlaces[] = [];
  const run = runOf(makeMessages(speaker, neighbour, family, nextHops));
  queue.keep(speaker, group, new GroupPackets(family.outgoing, run, nextHops));
  return run;
}

/** Whole messages; where their next hops stand is added to `places`. */
function makeMessages(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  places: NextHopPlaces[] | null,
): Uint8Array[] {
  const options = encodeOptions(neighbour);
  const withdrawn: Nlri[] = [];
  const groups = new OutgoingGroups();
  if (family.outgoingDefault === null) withdrawn.push({ prefix: defaultPrefix(family), pathId: 0 });
  else if (family.outgoingDefault !== undefined)
    groups.begin(family.outgoingDefault, null, true).nlris.push({ prefix: defaultPrefix(family), pathId: 0 });
  for (const [destination, route] of family.outgoing) {
    const plain = { prefix: destination.prefix, pathId: 0 };
    if (route === null) {
      withdrawn.push(plain);
      continue;
    }
    const { overlay } = route.attributes;
    const isOwn = destination.selected?.peer === speaker.self;
    groups.of(route, isOwn).nlris.push(overlay === null ? plain : { ...plain, overlay });
  }
  const isMp = family.family !== 'ipv4-unicast' || usesMpNextHop(neighbour, family);
  const messages: Uint8Array[] = [];
  let size = 0;
  const add = (some: readonly Uint8Array[]): void => {
    for (const message of some) {
      messages.push(message);
      size += message.length;
    }
  };
  if (withdrawn.length > 0) {
    const some = encodeWithdrawal(family.family, isMp, withdrawn, options);
    withdrawalSent(speaker, neighbour, family, withdrawn, some);
    add(some);
  }
  for (const { route, attributes, nlris, isOwn } of groups.all) {
    const outgoing = wireAttributes(speaker, neighbour, family, attributes);
    const nextHop = ownNextHop(neighbour, family, attributes);
    const some =
      isMp || typeof nextHop !== 'number'
        ? encodeMpAnnouncement(outgoing, family.family, nextHop, nlris, options)
        : encodeAnnouncement4(outgoing, nextHop, nlris, options);
    updateSent(speaker, neighbour, family, attributes, { isOwn, nextHop, nlris, messages: some, options });
    if (places !== null && route !== null) {
      let start = size;
      const found: number[] = [];
      for (const message of some) {
        found.push(start + nextHopPlace(message));
        start += message.length;
      }
      places.push({ route, nextHop, places: found });
    }
    add(some);
  }
  return messages;
}

/** What goes on the wire as the next hop. */
const ownNextHop = (
  neighbour: Neighbour,
  family: NeighbourFamily,
  attributes: PathAttributes,
): WireNextHop =>
  usesMpNextHop(neighbour, family)
    ? wireMpNextHop(neighbour, family, attributes)
    : wireNextHop(neighbour, family, attributes);

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
