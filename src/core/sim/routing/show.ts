/** What the show commands of a set of FRR daemons read, and their answers. */
import type { BgpDaemon } from '../../frr/bgp/instance.ts';
import type { Reply } from '../../frr/config/command.ts';
import type { FrrConfig } from '../../frr/config/frr-config.ts';
import type { ExecAnswer, Language } from '../../frr/config/language.ts';
import { VtySession } from '../../frr/config/session.ts';
import { runExec } from '../../frr/show/commands.ts';
import type { ShowContext } from '../../frr/show/context.ts';
import { VTYSH_ORDER } from './frr-daemon.ts';
import type { RoutingHost } from './routing-host.ts';

/** A bgpd that is not there has no instance. */
const stopped = (config: FrrConfig): BgpDaemon => ({
  config,
  instances: new Map(),
  evpn: { speaker: null, vnis: new Map(), l3: { vrfs: new Map() } },
  configurationChanged: () => undefined,
  nextHops: () => [],
  clear: () => [],
});

const showContext = (host: RoutingHost): ShowContext => ({
  config: host.config,
  bgp: host.bgpd ?? stopped(host.config),
  zebra: host.zebra,
  policy: host.policy,
  bfd: () => host.bfdd?.views() ?? [],
  clock: host.context.clock,
  daemons: () => VTYSH_ORDER.filter((name) => host.running.has(name)),
  clearBfd: (id) => host.bfdd?.clearCounters(id),
});

/** The answer of the host's daemons to an exec command. */
const answerExec = (host: RoutingHost, answer: ExecAnswer): Reply =>
  host.bfdd === null && answer.command.syntax.some((syntax) => syntax.startsWith('show bfd'))
    ? { text: 'bfdd is not running\n' }
    : runExec(showContext(host), host.bgpd !== null, answer);

/** A terminal on the daemons. `language` may serve any number of them. */
export const openVtySession = (host: RoutingHost, language: Language): VtySession =>
  new VtySession(
    language,
    {
      config: host.config,
      environment: host.environment,
      changed: (change) => host.configurationChanged(change),
    },
    (answer) => answerExec(host, answer),
  );
