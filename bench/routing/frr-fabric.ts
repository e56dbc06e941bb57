/**
 * FRR's own bgpd on a spine-and-leaf graph: a process a router, all in one network namespace, a pair of addresses a link.
 * Processes, namespaces and files end with the shell that starts them, and that one with its input, so with this process.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const BGPD = '/usr/lib/frr/bgpd';
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Processor time of all daemons from the first session to the quiet, the kernel's part included; or why there is none. */
export type FrrFabric = { readonly seconds: number } | { readonly missing: string };

interface Link {
  readonly ours: string;
  readonly theirs: string;
  readonly remote: number;
}

interface Router {
  readonly directory: string;
  readonly asn: number;
  readonly links: readonly Link[];
  /** What a leaf originates. */
  readonly network: string | null;
}

const GROUP = 'fabric';

function routersOf(spines: number, leaves: number): Router[] {
  const each = <T>(length: number, make: (index: number) => T): T[] =>
    Array.from({ length }, (_, index) => make(index));
  const ends = (spine: number, leaf: number): readonly [string, string] => [
    `10.${spine}.${leaf}.1`,
    `10.${spine}.${leaf}.2`,
  ];
  const spine = (own: number): Router => ({
    directory: `/var/tmp/spine${own}`,
    asn: 65000,
    links: each(leaves, (leaf) => {
      const [ours, theirs] = ends(own, leaf);
      return { ours, theirs, remote: 65001 + leaf };
    }),
    network: null,
  });
  const leaf = (own: number): Router => ({
    directory: `/var/tmp/leaf${own}`,
    asn: 65001 + own,
    links: each(spines, (to) => {
      const [theirs, ours] = ends(to, own);
      return { ours, theirs, remote: 65000 };
    }),
    network: `172.16.${own}.0/24`,
  });
  return [...each(spines, spine), ...each(leaves, leaf)];
}

/** Sessions are shut down at first: what a daemon takes to start does not count. */
const configurationOf = ({ asn, links, network }: Router): string[] => [
  `router bgp ${asn}`,
  `bgp router-id ${links[0]?.ours}`,
  'no bgp ebgp-requires-policy',
  'no bgp network import-check',
  'bgp bestpath as-path multipath-relax',
  `neighbor ${GROUP} peer-group`,
  `neighbor ${GROUP} shutdown`,
  ...links.flatMap(({ ours, theirs, remote }) => [
    `neighbor ${theirs} remote-as ${remote}`,
    `neighbor ${theirs} peer-group ${GROUP}`,
    `neighbor ${theirs} update-source ${ours}`,
    `neighbor ${theirs} disable-connected-check`,
  ]),
  'address-family ipv4 unicast',
  'maximum-paths 64',
  ...(network === null ? [] : [`network ${network}`]),
];

/** Lines of shell that start a router's daemon, without zebra. */
function starting(router: Router): string[] {
  const { directory, links } = router;
  const listening = links.map(({ ours }) => `-l ${ours}`).join(' ');
  return [
    ...links.map(({ ours }) => `ip address add ${ours}/32 dev lo`),
    `mkdir -m 777 ${directory}`,
    `cat > ${directory}/frr.conf <<END\n${configurationOf(router).join('\n')}\nEND`,
    `${BGPD} -Z -P 0 ${listening} -f ${directory}/frr.conf -i ${directory}/pid --vty_socket ${directory} </dev/null >/dev/null 2>&1 &`,
    'daemons="$daemons $!"',
  ];
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** A shell in namespaces of its own: what a command prints, its empty lines apart. */
class NamespaceShell {
  readonly #process = spawn('unshare', [...NAMESPACES, 'sh'], { stdio: ['pipe', 'pipe', 'ignore'] });
  readonly #lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();

  async run(command: string): Promise<string[]> {
    this.#process.stdin.write(`${command}\necho; echo :done:\n`);
    const printed: string[] = [];
    for (;;) {
      const next = await this.#lines.next();
      if (next.done === true) throw new Error('the shell of the namespaces ended');
      if (next.value === ':done:') return printed;
      if (next.value !== '') printed.push(next.value);
    }
  }

  end(): void {
    this.#process.stdin.end();
  }
}

const vtysh = ({ directory }: Router, ...commands: readonly string[]): string =>
  `vtysh --vty_socket ${directory} -d bgpd ${commands.map((command) => `-c '${command}'`).join(' ')}`;

/** Seconds of processor time of all threads of the daemons so far. */
async function spent(shell: NamespaceShell): Promise<number> {
  const threads = await shell.run('for one in $daemons; do cat /proc/$one/task/*/schedstat; done');
  return threads.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0) / 1e9;
}

/** Waits until the daemons take next to nothing for three seconds; what they have taken so far. */
async function quiet(shell: NamespaceShell, from: number): Promise<number> {
  for (let last = from, rounds = 0; rounds < 30; rounds += 1) {
    await pause(3000);
    const now = await spent(shell);
    if (now - last < 0.005 + (last - from) / 100) return now;
    last = now;
  }
  throw new Error('bgpd does not come to rest');
}

/** Runs the graph (of at most 255 spines and leaves) with a prefix a leaf, where bgpd is installed and root may make namespaces. */
export async function frrFabric(spines: number, leaves: number): Promise<FrrFabric> {
  if (!existsSync(BGPD)) return { missing: `no ${BGPD}` };
  if (spawnSync('unshare', [...NAMESPACES, 'true']).status !== 0) return { missing: 'no namespaces' };
  const shell = new NamespaceShell();
  try {
    const routers = routersOf(spines, leaves);
    await shell.run(
      ['ip link set lo up', 'mount -t tmpfs tmpfs /var/tmp', ...routers.flatMap(starting)].join('\n'),
    );
    await pause(2000);
    const from = await quiet(shell, 0);
    for (const router of routers)
      await shell.run(
        vtysh(router, 'configure', `router bgp ${router.asn}`, `no neighbor ${GROUP} shutdown`),
      );
    const seconds = (await quiet(shell, from)) - from;
    for (const router of routers) {
      const table = await shell.run(vtysh(router, 'show bgp ipv4 unicast'));
      const known = /^Displayed +(\d+) routes/.exec(table.at(-1) ?? '')?.[1];
      if (Number(known) !== leaves)
        return { missing: `${router.directory} knows ${known} of ${leaves} prefixes` };
    }
    return { seconds };
  } finally {
    shell.end();
  }
}
