/** The programs that containers can hold, by the name of their command. */
import type { Container } from '../container.ts';
import type { Host } from '../host.ts';
import { Haproxy } from './haproxy.ts';
import { readHaproxyConfig } from './haproxy-config.ts';
import { startNeutronServer } from './neutron-server.ts';

const HAPROXY_CONFIG = '/etc/haproxy/haproxy.cfg';
const NEUTRON_CONFIG = '/etc/neutron/neutron.conf';

function startProgram(host: Host, program: string): (() => void) | undefined {
  switch (program) {
    case 'haproxy': {
      const { proxies } = readHaproxyConfig(host.files.get(HAPROXY_CONFIG) ?? '', HAPROXY_CONFIG);
      const haproxy = new Haproxy(host.kernel, host.context, proxies);
      return () => haproxy.stop();
    }
    case 'neutron-server':
      return startNeutronServer(host.kernel, host.files.get(NEUTRON_CONFIG) ?? '');
    default:
      return undefined;
  }
}

/** Starts a container on a machine; undefined when its program is not one that is modelled. */
export function startContainer(
  host: Host,
  name: string,
  image: string,
  command: string,
): Container | undefined {
  const stop = startProgram(host, command.split(/\s+/)[0] ?? '');
  return stop && { name, image, command, startedAt: host.context.clock.now(), stop };
}
