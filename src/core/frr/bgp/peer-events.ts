/** What follows when a neighbour's session comes up, ends, or brings an UPDATE. */
import type { BgpFamily } from '../config/bgp-config.ts';
import { forgetCopies, pathsOf, receiveRoute, withdrawRoute } from './inbound.ts';
import type { Notification } from './message/notification.ts';
import type { RawMessage } from './message/header.ts';
import { readUpdate } from './message/update-decode.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { announceTable } from './outbound.ts';
import { setPolicyFlags } from './peer-options.ts';
import { clearStale, markStale, receiveRefresh, STALE_PATH_TIME, type SessionOutput } from './refresh.ts';
import type { SessionEvents } from './session-events.ts';
import { endOfRibReceived, updateReceived } from './update-log.ts';
import { MILLISECOND, SECOND, type Speaker } from './speaker.ts';
import { removePath, type TableListener } from './table-change.ts';
import { prepend } from './as-path.ts';
import type { Overlay, PathAttributes } from './attributes.ts';

/** The table goes out this long after the session came up (`bgp_updgrp.h`, `*_SUBGROUP_COALESCE_TIME`), in milliseconds. */
const COALESCE = { least: 1000, perPeer: 50, most: 10_000 } as const;

/** `coalesce-time`; else it grows with the number of neighbours. In nanoseconds. */
const coalesceTime = (speaker: Speaker): number =>
  MILLISECOND *
  (speaker.config.options.coalesceTime ??
    Math.min(COALESCE.most, COALESCE.least + COALESCE.perPeer * speaker.peers.size));

export interface PeerEventsOptions {
  readonly listener: TableListener;
  readonly output: SessionOutput;
  /** Lets an idle neighbour begin again. */
  readonly restart: (speaker: Speaker, neighbour: Neighbour) => void;
  /** No connection of the neighbour is left. */
  readonly left: (speaker: Speaker, neighbour: Neighbour) => void;
  readonly cameUp: (speaker: Speaker, neighbour: Neighbour) => void;
}

export function peerEvents({ listener, output, restart, left, cameUp }: PeerEventsOptions): SessionEvents {
  return {
    established(speaker, neighbour) {
      setPolicyFlags(speaker, neighbour);
      for (const family of neighbour.families.values())
        if (family.negotiated) family.membership = speaker.host.updateGroups.join(speaker, neighbour, family);
      resumeAfterRestart(speaker, listener, neighbour);
      cameUp(speaker, neighbour);
      const { session } = neighbour;
      const { generation } = session;
      speaker.after(coalesceTime(speaker), () => {
        if (neighbour.session !== session || session.generation !== generation) return;
        for (const family of neighbour.families.values()) {
          if (!family.negotiated) continue;
          announceTable(speaker, neighbour, family);
          family.endOfRibWaits = neighbour.receivedCapabilities?.gracefulRestart != null;
        }
        speaker.flush(neighbour);
      });
    },

    ended(speaker, neighbour) {
      let kept = false;
      for (const family of neighbour.families.values()) {
        forgetCopies(speaker, family);
        if (neighbour.awaitsRestart && family.nonStop) {
          markStale(speaker, neighbour, family.family);
          kept = true;
        } else {
          for (const path of [...pathsOf(speaker, neighbour, family.family)])
            removePath(speaker, listener, path);
          family.nonStop = false;
        }
      }
      if (!neighbour.awaitsRestart) return;
      if (!kept) {
        neighbour.awaitsRestart = false;
        return;
      }
      startRestartTimers(speaker, listener, neighbour, restart);
    },

    left,
    update: (speaker, neighbour, message) => receiveUpdate(speaker, listener, neighbour, message),
    routeRefresh: (speaker, neighbour, body) => receiveRefresh(speaker, listener, output, neighbour, body),
  };
}

function startRestartTimers(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  restart: (speaker: Speaker, neighbour: Neighbour) => void,
): void {
  const giveUp = (): void => {
    for (const name of ['gracefulRestart', 'stalePath'] as const) {
      neighbour.longTimers.get(name)?.cancel();
      neighbour.longTimers.delete(name);
    }
    neighbour.awaitsRestart = false;
    neighbour.nonStopMode = false;
    for (const family of neighbour.families.values()) {
      clearStale(speaker, listener, neighbour, family.family);
      family.nonStop = false;
    }
    restart(speaker, neighbour);
  };
  const run = (name: 'gracefulRestart' | 'stalePath', seconds: number): void => {
    neighbour.longTimers.get(name)?.cancel();
    const cancel = speaker.after(seconds * SECOND, giveUp);
    neighbour.longTimers.set(name, { due: speaker.now + seconds * SECOND, cancel });
  };
  run('gracefulRestart', neighbour.restartTime);
  run('stalePath', speaker.config.options.gracefulRestartStalePathTime ?? STALE_PATH_TIME);
}

/** Which families survive the neighbour's next restart; stale routes of those that do not are dropped now. */
function resumeAfterRestart(speaker: Speaker, listener: TableListener, neighbour: Neighbour): void {
  neighbour.awaitsRestart = false;
  neighbour.longTimers.get('gracefulRestart')?.cancel();
  neighbour.longTimers.delete('gracefulRestart');
  const theirs = neighbour.receivedCapabilities?.gracefulRestart ?? null;
  const ours = neighbour.sentCapabilities?.gracefulRestart ?? null;
  neighbour.restartTime = theirs?.restartTime ?? 0;
  neighbour.hostname = neighbour.receivedCapabilities?.hostname ?? neighbour.hostname;
  for (const family of neighbour.families.values()) {
    const said = theirs?.families.find((one) => one.family === family.family);
    const survives = family.negotiated && ours !== null && said !== undefined;
    if (family.nonStop && (!survives || !said.forwardingPreserved))
      clearStale(speaker, listener, neighbour, family.family);
    family.nonStop = survives;
  }
  neighbour.nonStopMode = [...neighbour.families.values()].some((family) => family.nonStop);
  if (!neighbour.nonStopMode) {
    neighbour.longTimers.get('stalePath')?.cancel();
    neighbour.longTimers.delete('stalePath');
  }
}

const NONE: readonly BgpFamily[] = [];

/** Families in which the neighbour sends more than one path for a prefix. */
const addPathFamilies = (neighbour: Neighbour): readonly BgpFamily[] => {
  const theirs = neighbour.receivedCapabilities?.addPath;
  const ours = neighbour.sentCapabilities?.addPath;
  if (theirs === undefined || ours === undefined || theirs.length === 0) return NONE;
  return theirs
    .filter((one) => one.send && ours.some((own) => own.family === one.family && own.receive))
    .map((one) => one.family);
};

function receiveUpdate(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  message: RawMessage,
): Notification | null {
  const families: BgpFamily[] = [];
  for (const family of neighbour.families.values()) if (family.options.activate) families.push(family.family);
  const decoded = readUpdate(message.reader(), {
    as4: neighbour.receivedCapabilities !== null && neighbour.receivedCapabilities.as4 !== null,
    sort: neighbour.sort,
    rejectsAsSets: speaker.config.options.rejectAsSets === true,
    addPath: addPathFamilies(neighbour),
    gracefulRestart: neighbour.receivedCapabilities?.gracefulRestart != null,
    families,
    asPaths: speaker.asPaths,
  });
  if (!decoded.ok) return decoded.error;
  const update = decoded.value;
  updateReceived(speaker, neighbour, update.attributes, message);
  // A route that fails the check counts as withdrawn.
  const attributes =
    update.attributes === null || !hasExpectedFirstAs(neighbour, update.attributes)
      ? null
      : withLocalAs(neighbour, update.attributes);
  const { mpReach, mpUnreach } = update;
  const take = (
    family: NeighbourFamily | undefined,
    nlris: typeof update.announced,
    given: PathAttributes | null,
  ): Notification | null => {
    if (family === undefined) return null;
    for (const { prefix, pathId, overlay } of nlris) {
      if (given === null) {
        withdrawRoute(speaker, listener, neighbour, family.family, prefix, pathId);
        continue;
      }
      const problem = receiveRoute(
        speaker,
        listener,
        neighbour,
        family,
        prefix,
        withOverlay(given, overlay),
        pathId,
      );
      if (problem !== null) return problem;
    }
    return null;
  };
  const ipv4 = neighbour.family('ipv4-unicast');
  const inBody =
    attributes !== null && attributes.mpNextHop !== null ? { ...attributes, mpNextHop: null } : attributes;
  const first = take(ipv4, update.announced, inBody);
  if (first !== null) return first;
  take(ipv4, update.withdrawn, null);
  if (mpReach !== null) {
    const inMp =
      attributes !== null && attributes.mpNextHop !== null ? { ...attributes, nextHop: null } : attributes;
    const second = take(neighbour.family(mpReach.family), mpReach.nlris, inMp);
    if (second !== null) return second;
  }
  if (mpUnreach !== null) take(neighbour.family(mpUnreach.family), mpUnreach.nlris, null);
  if (update.endOfRib !== null) {
    const family = neighbour.family(update.endOfRib);
    if (family?.options.activate === true) {
      family.endOfRibReceived = true;
      endOfRibReceived(speaker, neighbour, family.family);
      if (family.nonStop) clearStale(speaker, listener, neighbour, family.family);
    }
  }
  return null;
}

const withOverlay = (attributes: PathAttributes, overlay: Overlay | undefined): PathAttributes =>
  overlay === undefined ? attributes : { ...attributes, overlay };

/** `enforce-first-as`: an external neighbour's path begins with its own number (RFC 4271 6.3). */
function hasExpectedFirstAs(neighbour: Neighbour, { asPath }: PathAttributes): boolean {
  if (neighbour.options.enforceFirstAs !== true || !neighbour.isExternal) return true;
  const [first] = asPath;
  return first?.kind === 'sequence' && first.asns[0] === neighbour.remoteAs;
}

/** `local-as` puts its number in front of what comes in, unless `no-prepend`. */
function withLocalAs(neighbour: Neighbour, attributes: PathAttributes): PathAttributes {
  const { localAs } = neighbour.options;
  if (localAs === undefined || localAs.noPrepend) return attributes;
  return { ...attributes, asPath: prepend(attributes.asPath, [localAs.as]) };
}
