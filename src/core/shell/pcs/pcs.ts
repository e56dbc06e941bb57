/** `pcs`: sets a cluster up, tells its state, and changes its resources. */
import { parseIpv4 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Cib, Resource } from '../../sim/cluster/cib.ts';
import type { ClusterMember } from '../../sim/cluster/member.ts';
import type { Exit, Invocation } from '../program.ts';
import { nodesText, resourceLines, statusText } from './status.ts';

export interface PcsHost {
  /** The member on this machine. */
  member(): ClusterMember | undefined;
  /** The member on another. */
  memberOf(node: string): ClusterMember | undefined;
  setUp(name: string, nodes: readonly string[]): Result<readonly ClusterMember[]>;
}

/** Text for standard output, or the error that pcs words after `Error: `. */
type Outcome = Result<string>;

interface Site {
  readonly host: PcsHost;
  readonly wallMs: number;
}

type Command = (site: Site, words: readonly string[]) => Outcome;

const NOT_RUNNING =
  'error running crm_mon, is pacemaker running?\n  Error: cluster is not available on this node';
const done = ok('');

/** The member of this machine while the cluster runs there. */
function running({ host }: Site, act: (member: ClusterMember) => Outcome): Outcome {
  const member = host.member();
  return member?.started ? act(member) : err(NOT_RUNNING);
}

const wakeAll = ({ host }: Site, cib: Cib): void => {
  for (const node of cib.nodes) host.memberOf(node)?.wake();
};

/** Changes the configuration and lets every member look at it. */
const change = (site: Site, act: (member: ClusterMember) => Outcome): Outcome =>
  running(site, (member) => {
    const outcome = act(member);
    if (outcome.ok) wakeAll(site, member.cib);
    return outcome;
  });

const withResource = (member: ClusterMember, id: string, act: (resource: Resource) => Outcome): Outcome => {
  const resource = member.cib.resources.find((one) => one.id === id);
  return resource ? act(resource) : err(`resource '${id}' does not exist`);
};

function options(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.flatMap((word) => {
      const at = word.indexOf('=');
      return at > 0 ? [[word.slice(0, at), word.slice(at + 1)] as const] : [];
    }),
  );
}

const setUp: Command = ({ host }, words) => {
  const [name, ...rest] = words.filter((word) => !word.startsWith('--') && !word.includes('='));
  if (name === undefined || rest.length === 0)
    return err('usage: pcs cluster setup <cluster name> <node name>...');
  const made = host.setUp(name, rest);
  if (!made.ok) return err(made.error);
  if (words.includes('--start')) for (const member of made.value) member.start();
  return ok('Cluster has been successfully set up.\n');
};

const startOrStop =
  (start: boolean): Command =>
  (site, words) => {
    const own = site.host.member();
    if (!own) return err('cluster is not configured on this node');
    const named = words.filter((word) => !word.startsWith('--'));
    const nodes = words.includes('--all') ? own.cib.nodes : named.length > 0 ? named : [own.name];
    const lines: string[] = [];
    for (const node of nodes) {
      const member = site.host.memberOf(node);
      if (!member) return err(`unable to connect to ${node}`);
      lines.push(`${node}: ${start ? 'Starting' : 'Stopping'} Cluster${start ? '' : ' (pacemaker)'}...\n`);
      if (start) member.start();
      else member.stop();
    }
    return ok(
      nodes.length === 1 && named.length === 0
        ? `${start ? 'Starting' : 'Stopping'} Cluster...\n`
        : lines.join(''),
    );
  };

function createAddress(member: ClusterMember, id: string, words: readonly string[]): Outcome {
  const given = options(words);
  const address = given.get('ip') ?? '';
  const length = given.get('cidr_netmask');
  if (address === '') return err("required resource option 'ip' is missing");
  if (parseIpv4(address) === undefined) return err(`invalid resource option 'ip' value: '${address}'`);
  member.cib.resources.push({
    kind: 'IPaddr2',
    id,
    enabled: !words.includes('--disabled'),
    address,
    length: length === undefined ? null : Number(length),
    nic: given.get('nic') ?? null,
  });
  return done;
}

const create: Command = (site, [id = '', agent = '', ...words]) =>
  change(site, (member) => {
    if (member.cib.resources.some((one) => one.id === id)) return err(`'${id}' already exists`);
    if (/^(?:ocf::?heartbeat:)?IPaddr2$/.test(agent)) return createAddress(member, id, words);
    return err(`Agent '${agent}' is not modelled: ocf:heartbeat:IPaddr2 is`);
  });

const createBundle: Command = (site, [id = '', ...words]) =>
  change(site, (member) => {
    if (member.cib.resources.some((one) => one.id === id)) return err(`'${id}' already exists`);
    const given = options(words);
    const image = given.get('image');
    if (image === undefined) return err("required container option 'image' is missing");
    member.cib.resources.push({
      kind: 'bundle',
      id,
      enabled: true,
      image,
      replicas: Number(given.get('replicas') ?? member.cib.nodes.length),
      program: given.get('run-command') ?? '',
    });
    return done;
  });

const constrain =
  (score: 'INFINITY' | '-INFINITY'): Command =>
  (site, [id = '', node]) =>
    change(site, (member) =>
      withResource(member, id, () => {
        const at = member.placement.get(id);
        const target = node ?? at;
        if (target === undefined)
          return err(`You must specify a node when moving/banning a stopped resource`);
        if (!member.cib.nodes.includes(target)) return err(`Node '${target}' not found`);
        const away = node === undefined && score === 'INFINITY';
        if (!away && score === 'INFINITY' && target === at)
          return err(`${id} is already active on ${target}`);
        member.cib.constraints = [
          ...member.cib.constraints.filter((one) => one.resource !== id),
          { resource: id, node: target, score: away ? '-INFINITY' : score },
        ];
        return done;
      }),
    );

const enable =
  (enabled: boolean): Command =>
  (site, ids) =>
    change(site, (member) => {
      for (const id of ids) {
        const outcome = withResource(member, id, (resource) => {
          resource.enabled = enabled;
          return done;
        });
        if (!outcome.ok) return outcome;
      }
      return done;
    });

const standby =
  (on: boolean): Command =>
  (site, nodes) =>
    change(site, (member) => {
      for (const node of nodes.length > 0 ? nodes : [member.name]) {
        if (!member.cib.nodes.includes(node))
          return err(`Node '${node}' does not appear to exist in configuration`);
        if (on) member.cib.standby.add(node);
        else member.cib.standby.delete(node);
      }
      return done;
    });

const remove: Command = (site, [id = '']) =>
  change(site, (member) =>
    withResource(member, id, () => {
      member.cib.resources = member.cib.resources.filter((one) => one.id !== id);
      return ok(`Attempting to stop: ${id}... Stopped\n`);
    }),
  );

const clear: Command = (site, [id = '']) =>
  change(site, (member) =>
    withResource(member, id, () => {
      member.cib.constraints = member.cib.constraints.filter((one) => one.resource !== id);
      return done;
    }),
  );

/** The whole state; of its options and parts none is modelled here. */
const whole =
  (name: string): Command =>
  (site, words) =>
    words.length > 0
      ? err(`pcs ${name} ${words.join(' ')} is not modelled`)
      : running(site, (member) => ok(statusText(member, site.wallMs)));

/** All resources, or those that are named. */
const resources: Command = (site, words) =>
  running(site, (member) => {
    const other = words.find((word) => !member.cib.resources.some(({ id }) => id === word));
    if (other?.startsWith('-') === true) return err(`pcs resource status ${other} is not modelled`);
    if (other !== undefined) return err(`resource or tag id '${other}' not found`);
    return ok(
      member.cib.resources
        .filter(({ id }) => words.length === 0 || words.includes(id))
        .flatMap((one) => resourceLines(member, one))
        .map((line) => `${line}\n`)
        .join(''),
    );
  });

const COMMANDS: Readonly<Record<string, Command>> = {
  'cluster setup': setUp,
  'cluster start': startOrStop(true),
  'cluster stop': startOrStop(false),
  status: whole('status'),
  'status status': whole('status status'),
  'status resources': resources,
  'status nodes': (site, words) =>
    words.length > 0
      ? err(`pcs status nodes ${words.join(' ')} is not modelled`)
      : running(site, (member) => ok(nodesText(member))),
  resource: resources,
  'resource status': resources,
  'resource create': create,
  'resource bundle create': createBundle,
  'resource delete': remove,
  'resource move': constrain('INFINITY'),
  'resource ban': constrain('-INFINITY'),
  'resource clear': clear,
  'resource enable': enable(true),
  'resource disable': enable(false),
  'node standby': standby(true),
  'node unstandby': standby(false),
};

export function pcs({ argv, output, host, context }: Invocation<PcsHost>): Exit {
  const words = argv.slice(1);
  for (const length of [3, 2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = words.length >= length && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) continue;
    const outcome = command({ host, wallMs: context.clock.wallMs() }, words.slice(length));
    if (outcome.ok) output.out(outcome.value);
    else output.err(`Error: ${outcome.error}\n`);
    return { status: outcome.ok ? 0 : 1 };
  }
  output.err(`Error: pcs ${words.join(' ')} is not modelled\n`);
  return { status: 1 };
}
