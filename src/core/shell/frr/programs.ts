/** FRR's programs and vtysh, and what they find on a machine. */
import { emptyConfig } from '../../frr/config/frr-config.ts';
import { VtySession } from '../../frr/config/session.ts';
import { openVtySession, startDaemon, stopDaemons } from '../../sim/index.ts';
import type { StoppableDaemon } from '../daemons.ts';
import type { Output, Program } from '../program.ts';
import { readFile, run, writeFile, type Site, type Starter } from '../site.ts';
import type { VtyshHost } from '../vtysh/host.ts';
import { vtysh } from '../vtysh/vtysh.ts';
import { frrDaemon } from './daemon.ts';
import type { FrrHost } from './host.ts';
import { initScript } from './init-script.ts';

const vtyshHost = (site: Site): VtyshHost => ({
  connect: (pathspace) => {
    const daemons = site.host.routing.get(pathspace);
    if (daemons === undefined || daemons.running.size === 0) return undefined;
    const language = site.world.vtyshLanguage;
    const { running, config, environment } = daemons;
    return {
      running,
      session: openVtySession(daemons, language),
      runningConfiguration: () => openVtySession(daemons, language).execute('show running-config').text,
      loading: (read) => daemons.readConfiguration(read),
      rehearse: () =>
        new VtySession(
          language,
          { config: emptyConfig(config.hostname), environment, changed: () => undefined },
          () => ({}),
        ),
    };
  },
  readFile: (path) => readFile(site, path),
  writeFile: (path, text) => writeFile(site, path, text),
});

const frrHost = (site: Site): FrrHost => {
  const { host } = site;
  return {
    running: (pathspace) => host.routing.get(pathspace)?.running ?? new Set(),
    hasNamespace: (name) => host.kernel.namespaces.has(name),
    addNamespace: (name) => void host.kernel.addNamespace(name),
    start: (pathspace, namespace, daemon, words) => startDaemon(host, pathspace, namespace, daemon, words),
    stop: (pathspace) => stopDaemons(host, pathspace),
    readFile: (path) => readFile(site, path),
    writeFile: (path, text) => writeFile(site, path, text),
    vtysh: (argv, output) => {
      const ended = run(vtysh, vtyshHost(site), { ...site, call: { ...site.call, argv, output } });
      return 'status' in ended ? ended : { status: 0 };
    },
  };
};

const frr =
  (program: Program<FrrHost>): Starter =>
  (site) =>
    run(program, frrHost(site), site);

export const FRR_PROGRAMS: Readonly<Record<string, Starter>> = {
  vtysh: (site) => run(vtysh, vtyshHost(site), site),
  '/usr/lib/frr/frrinit.sh': frr(initScript),
  '/usr/lib/frr/zebra': frr(frrDaemon),
  '/usr/lib/frr/bgpd': frr(frrDaemon),
  '/usr/lib/frr/staticd': frr(frrDaemon),
  '/usr/lib/frr/bfdd': frr(frrDaemon),
};

/** FRR's unit is its init script; none on machines that do not have it. */
export function frrUnit(site: Site): StoppableDaemon | undefined {
  if (readFile(site, '/etc/frr/daemons') === undefined) return undefined;
  const script = (verb: string): void => {
    const argv = ['/usr/lib/frr/frrinit.sh', verb];
    const output: Output = { out: () => undefined, err: () => undefined };
    frr(initScript)({ ...site, call: { ...site.call, argv, output, namespace: '' } });
  };
  return {
    unit: 'frr',
    container: null,
    description: 'FRRouting',
    isRunning: () => site.host.routing.get('')?.running.has('watchfrr') === true,
    start: () => script('start'),
    stop: () => script('stop'),
  };
}
