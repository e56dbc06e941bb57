/** The programs that containers can hold, by the name of their command. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Container } from '../container.ts';
import type { Host } from '../host.ts';
import { Haproxy } from './haproxy.ts';
import { readHaproxyConfig } from './haproxy-config.ts';
import { startNeutronServer } from './neutron-server.ts';

/** Where the load balancer's configuration is, as its container sees it. */
export const HAPROXY_CONFIG = '/etc/haproxy/haproxy.cfg';
const NEUTRON_CONFIG = '/etc/neutron/neutron.conf';

type Started = Pick<Container, 'stop' | 'haproxy'>;

/** HAProxy starts with a configuration that it understands whole and sockets that it can bind all, or not at all. */
function startHaproxy(host: Host): Result<Started> {
  const text = host.files.readText(HAPROXY_CONFIG);
  if (text === undefined)
    return err(
      `haproxy: Cannot open configuration file/directory ${HAPROXY_CONFIG} : No such file or directory`,
    );
  const { proxies, problems } = readHaproxyConfig(text, HAPROXY_CONFIG);
  if (problems.length > 0)
    return err(
      problems
        .map(({ message, place }) => `haproxy: ${HAPROXY_CONFIG}:${place?.line}: ${message}`)
        .join('\n'),
    );
  const haproxy = new Haproxy(host.kernel, host.context, proxies);
  if (haproxy.unbound.length === 0) return ok({ stop: () => haproxy.stop(), haproxy });
  haproxy.stop();
  return err(haproxy.unbound.map((line) => `haproxy: ${line}`).join('\n'));
}

function startProgram(host: Host, program: string): Result<Started> {
  switch (program) {
    case 'haproxy':
      return startHaproxy(host);
    case 'neutron-server': {
      const stop = startNeutronServer(host.kernel, host.files.readText(NEUTRON_CONFIG) ?? '');
      return stop.ok ? ok({ stop: stop.value }) : stop;
    }
    default:
      return err(`the program ${program === '' ? 'of the image' : program} is not modelled in a container`);
  }
}

/** Starts a container on a machine; the error is what keeps its program from running. */
export function startContainer(host: Host, name: string, image: string, command: string): Result<Container> {
  const started = startProgram(host, command.split(/\s+/)[0] ?? '');
  return started.ok
    ? ok({ name, image, command, startedAt: host.context.clock.now(), ...started.value })
    : started;
}
