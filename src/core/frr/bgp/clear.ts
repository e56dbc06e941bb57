/** `clear bgp ...`: sessions start anew, or tables are judged and sent again. */
import { announceSoon } from './announce-soon.ts';
import type { Daemon } from './configured-daemon.ts';
import type { ClearRequest } from './instance.ts';
import { CEASE, NOTIFICATION, notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import { judgeAgain } from './refresh.ts';
import type { Speaker } from './speaker.ts';

/** What the target names, and cannot be found: for bgpd's complaint. */
export function clearNeighbours(daemon: Daemon, request: ClearRequest): readonly string[] {
  const missing: string[] = [];
  for (const speaker of daemon.instances.values()) {
    if (request.vrf !== null && speaker.vrf !== request.vrf) continue;
    const targets = [...speaker.peers.values()].filter((neighbour) => isTarget(speaker, neighbour, request));
    if (targets.length === 0 && request.target.kind === 'peer') missing.push(request.target.name);
    for (const neighbour of targets) {
      if (request.soft === null) clearHard(daemon, neighbour);
      else clearSoft(daemon, speaker, neighbour, request);
    }
  }
  return missing;
}

function isTarget(speaker: Speaker, neighbour: Neighbour, { target }: ClearRequest): boolean {
  switch (target.kind) {
    case 'all':
      return true;
    case 'peer':
      return neighbour.name === target.name;
    case 'group':
      return neighbour.config?.group === target.name;
    case 'external':
      return !neighbour.isInternal;
    case 'as':
      return neighbour.remoteAs === target.asn && speaker.peers.has(neighbour.name);
  }
}

function clearHard(daemon: Daemon, neighbour: Neighbour): void {
  neighbour.prefixOverflow = false;
  neighbour.longTimers.get('maximumPrefixRestart')?.cancel();
  neighbour.longTimers.delete('maximumPrefixRestart');
  neighbour.startTime = 1;
  const machine = daemon.machine(neighbour);
  if (neighbour.options.shutdown !== undefined) return;
  machine?.end(notification(NOTIFICATION.cease, CEASE.adminReset));
}

function clearSoft(daemon: Daemon, speaker: Speaker, neighbour: Neighbour, request: ClearRequest): void {
  for (const family of neighbour.families.values()) {
    if (!family.negotiated || (request.family !== null && request.family !== family.family)) continue;
    family.forceUpdates = true;
    if (request.soft !== 'in') {
      family.defaultOriginated = false;
      announceSoon(speaker, neighbour, family);
    }
    if (request.soft !== 'out') judgeAgain(speaker, daemon.listener, daemon.output, neighbour, family);
  }
}
