/** `pcs cluster setup`: the members of a new cluster, on machines of the world. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Host } from '../host.ts';
import type { Cib } from './cib.ts';
import { startContainer } from '../service/start.ts';
import { ClusterMember, type MemberHost, type Peer } from './member.ts';

/** Makes a cluster of `names`; `addressOf` tells where each is reached by the others. */
export function setUpCluster(
  hosts: ReadonlyMap<string, Host>,
  clusterName: string,
  names: readonly string[],
  addressOf: (name: string) => string | undefined,
): Result<readonly ClusterMember[]> {
  const cib: Cib = { clusterName, nodes: names, resources: [], constraints: [], standby: new Set() };
  const peers: Peer[] = [];
  for (const name of names) {
    const address = addressOf(name);
    const host = hosts.get(name);
    if (!host || address === undefined) return err(`Unable to resolve addresses for host: '${name}'`);
    if (host.cluster) return err(`${name}: The host seems to be in a cluster already`);
    peers.push({ name, address });
  }
  return ok(
    names.flatMap((name) => {
      const host = hosts.get(name);
      if (!host) return [];
      const member = new ClusterMember(
        cib,
        memberHost(host),
        peers.filter((peer) => peer.name !== name),
        host.context,
      );
      host.cluster = member;
      return [member];
    }),
  );
}

function memberHost(host: Host): MemberHost {
  return {
    name: host.name,
    kernel: host.kernel,
    get running() {
      return host.running;
    },
    container(instance, bundle, run) {
      const known = host.containers.get(instance);
      if (run && !known) {
        const started = startContainer(host, instance, bundle.image, bundle.program);
        if (!started.ok) return started;
        host.containers.set(instance, started.value);
      } else if (!run && known) {
        known.stop();
        host.containers.delete(instance);
      }
      return ok(undefined);
    },
  };
}
