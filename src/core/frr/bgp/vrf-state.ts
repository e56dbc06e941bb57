/** What follows for an instance when its VRF goes, and when it is there again (`bgp_instance_down`, `bgp_instance_up`). */
import { CEASE, NOTIFICATION, notification } from './message/notification.ts';
import type { Daemon } from './configured-daemon.ts';
import { redistributeChanged, UNICAST } from './instance-changes.ts';
import { refreshAllImports } from './leak.ts';
import { refreshNetwork } from './originate.ts';
import type { StoredPath } from './rib-table.ts';
import type { Speaker } from './speaker.ts';
import { removePath } from './table-change.ts';

/** Sessions end, and so do the instance's own routes and those that it has of other VRFs. Aggregates go with what is below them. */
export function vrfGone(daemon: Daemon, speaker: Speaker): void {
  for (const neighbour of speaker.peers.values())
    daemon.machine(neighbour)?.end(notification(NOTIFICATION.cease, CEASE.adminShutdown));
  for (const family of UNICAST)
    for (const destination of speaker.rib(family).destinations.values())
      for (const path of destination.paths) if (hangsOnVrf(path)) removePath(speaker, daemon.listener, path);
}

const hangsOnVrf = ({ source }: StoredPath): boolean =>
  source.kind === 'network' || source.kind === 'redistributed' || source.kind === 'imported';

/** After it was gone: neighbours start, `network` and `redistribute` count again, and so does leaking. */
export function vrfBack(daemon: Daemon, speaker: Speaker): void {
  for (const family of UNICAST) {
    const { networks, redistribute } = speaker.config.families[family];
    for (const { prefix } of networks.values()) refreshNetwork(speaker, daemon.listener, family, prefix);
    for (const key of redistribute.keys()) redistributeChanged(daemon, speaker, family, key);
    refreshAllImports(daemon.host, daemon.listener, family);
  }
}
