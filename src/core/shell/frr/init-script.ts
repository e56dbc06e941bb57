/** `/usr/lib/frr/frrinit.sh`: starts and stops the daemons of a pathspace that its file `daemons` switches on, under watchfrr. */
import type { Clock } from '../../base/context.ts';
import { optionWords, readDaemonsFile, type DaemonsFile } from '../../sim/routing/daemons-file.ts';
import { ALL_DAEMONS, isModelled } from '../../sim/routing/frr-daemon.ts';
import { configurationFolder } from '../../sim/routing/start.ts';
import type { Exit, Invocation, Output, Program } from '../program.ts';
import { alreadyRunning } from './already-running.ts';
import type { FrrHost } from './host.ts';

const DIRECTORY = '/usr/lib/frr';

/** One run of the script: its pathspace, and the file `daemons` as it was read. */
interface Run {
  readonly host: FrrHost;
  readonly output: Output;
  readonly pathspace: string;
  readonly namespace: string;
  readonly file: DaemonsFile;
  readonly clock: Clock;
}

const succeeded = ({ output }: Pick<Run, 'output'>, text: string): void => output.out(`${text}.\n`);
const failed = ({ output }: Pick<Run, 'output'>, text: string): void => output.out(`${text} ... failed!\n`);

/** `--netns` of watchfrr's options: the namespace that it makes or joins, by the pathspace's name when it gives none. */
function namespaceFor({ file, host, pathspace, namespace }: Run): string {
  const [, name] = /(?:^|\s)--netns(?:=(\S+))?(?:\s|$)/.exec(
    file.variables.get('watchfrr_options') ?? '',
  ) ?? [null, null];
  if (name === null) return namespace;
  const wanted = name ?? pathspace;
  if (wanted === '') return namespace;
  if (!host.hasNamespace(wanted)) host.addNamespace(wanted);
  return wanted;
}

/** Without `frr.conf` each daemon has a file of its own, empty at first. */
function prepare({ host, pathspace, file }: Run): void {
  const folder = configurationFolder(pathspace);
  if (host.readFile(`${folder}/frr.conf`) !== undefined) return;
  for (const name of file.enabled) {
    const path = `${folder}/${name}.conf`;
    if (host.readFile(path) === undefined) host.writeFile(path, '');
  }
}

function start(run: Run): void {
  const { host, output, pathspace, file } = run;
  prepare(run);
  const value = (name: string): string => file.variables.get(name) ?? '';
  const profile = value('frr_profile') === '' ? 'traditional' : value('frr_profile');
  const words = [
    value('all_wrap'),
    value('watchfrr_wrap'),
    `${DIRECTORY}/watchfrr`,
    pathspace === '' ? '' : `-N ${pathspace}`,
    '-d',
    `${value('frr_global_options')} -F ${profile}`,
    '',
    `${value('watchfrr_options')} ${file.enabled.join(' ')}`,
  ];
  succeeded(run, `Starting watchfrr with command: '${words.join(' ')}'`);
  if (host.running(pathspace).has('watchfrr')) {
    output.err(alreadyRunning(run.clock, 'watchfrr', pathspace));
    failed(run, 'Failed to start watchfrr!');
    return;
  }
  const namespace = namespaceFor(run);
  const session = pathspace === '' ? [] : ['-N', pathspace];
  for (const name of ['watchfrr', ...file.enabled] as const) {
    if (name !== 'watchfrr' && !isModelled(name)) output.err(`${name}: not modelled\n`);
    else host.start(pathspace, namespace, name, optionWords(file, name));
  }
  succeeded(run, 'Started watchfrr');
  const folder = configurationFolder(pathspace);
  // watchfrr writes what its children say to the log.
  const quiet: Output = { out: () => undefined, err: () => undefined };
  if (host.readFile(`${folder}/frr.conf`) !== undefined) host.vtysh(['vtysh', ...session, '-b'], quiet);
  else
    for (const name of file.enabled)
      if (host.readFile(`${folder}/${name}.conf`) !== undefined)
        host.vtysh(['vtysh', ...session, '-f', `${folder}/${name}.conf`], quiet);
}

function stop(run: Run): void {
  const { host, pathspace } = run;
  const running = new Set<string>(host.running(pathspace));
  const end = (name: string): void => {
    if (running.has(name)) succeeded(run, `Stopped ${name}`);
    else failed(run, `Cannot stop ${name}: pid file not found`);
  };
  end('watchfrr');
  for (const name of [...ALL_DAEMONS].reverse()) if (name !== 'zebra' && running.has(name)) end(name);
  end('zebra');
  host.stop(pathspace);
}

function status(run: Run): number {
  const running = new Set<string>(run.host.running(run.pathspace));
  let worst = 0;
  for (const name of ['watchfrr', ...run.file.enabled]) {
    if (running.has(name)) succeeded(run, `Status of ${name}: running`);
    else {
      failed(run, `Status of ${name}: FAILED`);
      worst = 1;
    }
  }
  return worst;
}

export const initScript: Program<FrrHost> = ({
  argv,
  host,
  output,
  namespace,
  context: { clock },
}: Invocation<FrrHost>): Exit => {
  const [self = '', verb = '', pathspace = ''] = argv;
  const path = `${configurationFolder(pathspace)}/daemons`;
  const text = host.readFile(path);
  if (text === undefined) {
    failed({ output }, `cannot run ${argv.slice(1).join(' ')}: ${path} does not exist`);
    return { status: 1 };
  }
  const run: Run = { host, output, pathspace, namespace, file: readDaemonsFile(text), clock };
  switch (verb) {
    case 'start':
      start(run);
      return { status: 0 };
    case 'stop':
      stop(run);
      return { status: 0 };
    case 'restart':
    case 'force-reload':
      stop(run);
      start(run);
      return { status: 0 };
    case 'status':
      return { status: status(run) };
    case 'reload':
      failed({ output }, 'The frr-pythontools package is required for reload functionality.');
      return { status: 1 };
    default:
      output.out(
        `Usage:\n    ${self} <start|stop|restart|force-reload|reload|status> [namespace]\n    ${self} stop namespace1\n`,
      );
      return { status: 1 };
  }
};
