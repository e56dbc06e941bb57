/** The load balancers that run in containers: who listens where, which servers are up, who was chosen last. */
import { parseIpv4 } from '../../../core/base/address.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { RunningProxy } from '../../../core/sim/service/haproxy.ts';
import { HAPROXY_CONFIG } from '../../../core/sim/service/start.ts';
import type { LoadBalancing, Proxy } from '../../questions/deployment.ts';

type Holder = (address: string) => { readonly host: string; readonly device: string } | null;

/** Which running machine has an IPv4 address on which device. */
function holders(world: World): Holder {
  const held = new Map<number, { readonly host: string; readonly device: string }>();
  for (const host of world.hosts.values())
    if (host.running)
      for (const link of host.kernel.namespace().links.values())
        for (const { local } of link.addresses4)
          if (!held.has(local)) held.set(local, { host: host.name, device: link.name });
  return (address) => held.get(parseIpv4(address) ?? -1) ?? null;
}

function proxyOf(
  host: Host,
  container: string,
  { proxy, servers, choices }: RunningProxy,
  holder: Holder,
): Proxy {
  return {
    host: host.name,
    container,
    name: proxy.name,
    mode: proxy.mode,
    balance: proxy.balance,
    lines: proxy.lines,
    binds: proxy.binds.map((bind) => ({ ...bind, held: holder(bind.address) })),
    servers: servers.map(({ server, up, against, sessions, total }) => ({
      name: server.name,
      address: server.address,
      port: server.port,
      line: server.line,
      checked: server.check,
      backup: server.backup,
      up,
      against,
      needed: up ? server.fall : server.rise,
      sessions,
      total,
      held: holder(server.address),
    })),
    choices: choices
      .map(({ at, client, address, port, server }) => ({
        at,
        client,
        address,
        port,
        server: server?.name ?? null,
      }))
      .toReversed(),
  };
}

export function loadBalancing(world: World): LoadBalancing {
  const holder = holders(world);
  const proxies: Proxy[] = [];
  const files: LoadBalancing['files'][number][] = [];
  for (const host of world.hosts.values()) {
    const running = [...host.containers].flatMap(([name, { haproxy }]) =>
      haproxy ? [{ name, haproxy }] : [],
    );
    if (running.length === 0 || !host.running) continue;
    for (const { name, haproxy } of running)
      for (const proxy of haproxy.proxies) proxies.push(proxyOf(host, name, proxy, holder));
    const text = host.files.readText(HAPROXY_CONFIG) ?? '';
    files.push({ host: host.name, path: HAPROXY_CONFIG, text });
  }
  return { proxies, files };
}
