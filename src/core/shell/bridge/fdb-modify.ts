/** Changes of forwarding databases: `bridge fdb add`, `append`, `replace` and `delete`. */
import { parseMac } from '../../base/address.ts';
import { addUserFdb, deleteFdb, findFdb, userFdbVlans } from '../../linux/bridge/fdb.ts';
import { parseIp, type IpAddress } from '../../linux/family.ts';
import { isGroupMac } from '../../linux/ether.ts';
import type { Link } from '../../linux/link.ts';
import { addVxlanEntry, deleteVxlanEntry } from '../../linux/links/vxlan.ts';
import { Arguments } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import { USAGE } from './usage.table.ts';

interface Request {
  readonly link: Link;
  readonly mac: bigint;
  readonly self: boolean;
  readonly master: boolean;
  readonly kind: 'permanent' | 'static' | 'dynamic';
  readonly sticky: boolean;
  readonly externLearn: boolean;
  readonly noArp: boolean;
  readonly vlan: number;
  readonly destination: IpAddress | null;
  readonly port: number | null;
  readonly vni: number | null;
  readonly via: number;
}

function parse(run: IpRun, words: readonly string[]): Request | { readonly status: number } {
  const args = run.arguments(words);
  let device: string | null = null;
  let address: string | null = null;
  let self = false;
  let master = false;
  let kind: Request['kind'] = 'permanent';
  let sticky = false;
  let externLearn = false;
  let noArp = false;
  let vlan = 0;
  let destination: IpAddress | null = null;
  let port: number | null = null;
  let vni: number | null = null;
  let via = 0;
  const number = (): number => {
    args.next();
    return Arguments.number(args.word) ?? args.wrong(`invalid ${args.peek(-1) ?? ''}`);
  };
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else if (args.is('dst')) {
      args.next();
      destination = parseIp(args.word) ?? args.wrong('invalid dst address');
    } else if (args.is('nhid', 'src_vni')) args.next();
    else if (args.is('port')) port = number();
    else if (args.is('vni')) vni = number();
    else if (args.is('via'))
      via = run.link(args.next())?.index ?? args.end(`Cannot find device "${args.word}"\n`, 255);
    else if (args.is('self')) self = true;
    else if (args.matches('master')) master = true;
    else if (args.matches('router')) {
      // Only devices with their own neighbour suppression use it.
    } else if (args.matches('local') || args.matches('permanent')) kind = 'permanent';
    else if (args.matches('temp') || args.matches('static')) {
      kind = 'static';
      noArp = true;
    } else if (args.matches('dynamic')) kind = 'dynamic';
    else if (args.matches('vlan')) vlan = number();
    else if (args.matches('use')) {
      // A mark that changes nothing here.
    } else if (args.matches('extern_learn')) externLearn = true;
    else if (args.matches('sticky')) sticky = true;
    else {
      if (args.is('to')) args.next();
      if (args.matches('help')) return args.end(USAGE.fdb ?? '', 255);
      if (address !== null) args.duplicateOrGarbage('to');
      address = args.word;
    }
    args.advance();
  }
  if (device === null || address === null)
    return args.end('Device and address are required arguments.\n', 255);
  const mac = parseMac(address);
  if (mac === undefined) return args.end(`Invalid mac address ${address}\n`, 255);
  const link = run.link(device);
  if (link === undefined) return args.end(`Cannot find device "${device}"\n`, 255);
  return {
    link,
    mac,
    self: self || !master,
    master,
    kind,
    sticky,
    externLearn,
    noArp,
    vlan,
    destination,
    port,
    vni,
    via,
  };
}

export const refused = (
  run: IpRun,
  errno: 'EEXIST' | 'ENOENT' | 'EOPNOTSUPP' | 'EINVAL' | 'EPERM',
  message?: string,
): number => {
  run.refused({ errno, ...(message === undefined ? {} : { message }) });
  return 255;
};

export function modifyFdb(
  run: IpRun,
  words: readonly string[],
  command: 'add' | 'append' | 'replace' | 'delete',
): number {
  const request = parse(run, words);
  if ('status' in request) return request.status;
  const { link } = request;
  if (link.kind === 'lo' || !link.ethernet)
    return refused(
      run,
      'EINVAL',
      `FDB ${command === 'delete' ? 'delete' : 'add'} only supported for Ethernet devices`,
    );
  if (request.master) {
    const status = modifyBridge(run, request, command, link.master, link.index);
    if (status !== 0) return status;
  }
  if (!request.self) return 0;
  if (link.vxlan !== null) return modifyVxlan(run, request, command);
  if (link.bridge !== null) return modifyBridge(run, request, command, link, null);
  return modifyFilter(run, request, command);
}

function modifyBridge(
  run: IpRun,
  request: Request,
  command: string,
  master: Link | null,
  port: number | null,
): number {
  const bridge = master?.bridge;
  if (master === null || bridge == null) return refused(run, 'EOPNOTSUPP');
  if (request.vlan !== 0 && !run.kernel.machine.features.has('vlan-filtering')) return refused(run, 'EINVAL');
  const known = findFdb(bridge, request.mac, request.vlan);
  const vlans = userFdbVlans(bridge, port, request.vlan);
  if (command === 'delete') {
    if (known === undefined || known.port !== port) return refused(run, 'ENOENT');
    for (const vlan of vlans) {
      const entry = findFdb(bridge, request.mac, vlan);
      if (entry?.port === port) deleteFdb(run.net, master, bridge, entry);
    }
    return 0;
  }
  const state = bridge.ports.find((each) => each.ifindex === port)?.state;
  if (request.kind === 'dynamic' && state !== 'forwarding' && state !== 'learning')
    return refused(run, 'EPERM');
  if (request.sticky && request.kind === 'permanent') return refused(run, 'EINVAL');
  if (known !== undefined && command === 'add') return refused(run, 'EEXIST');
  for (const vlan of vlans)
    addUserFdb(run.net, master, bridge, port, request.mac, vlan, request.kind, request);
  return 0;
}

function modifyVxlan(run: IpRun, request: Request, command: string): number {
  const { vxlan } = request.link;
  if (vxlan === null) return refused(run, 'EOPNOTSUPP');
  const entry = vxlan.fdb.get(request.mac);
  const remote =
    request.destination === null
      ? null
      : {
          ...request.destination,
          port: request.port ?? vxlan.port,
          vni: request.vni ?? vxlan.vni,
          ifindex: request.via,
        };
  if (command === 'delete') {
    const vtep = remote?.address ?? null;
    return deleteVxlanEntry(run.net, request.link, request.mac, vtep) ? 0 : refused(run, 'ENOENT');
  }
  if (remote === null) return refused(run, 'EINVAL');
  if (entry !== undefined && command === 'add') return refused(run, 'EEXIST');
  const state = request.kind === 'dynamic' ? 'reachable' : request.kind;
  addVxlanEntry(run.net, request.link, { ...request, state }, remote, command === 'append');
  return 0;
}

/** The link's own filter. */
function modifyFilter(run: IpRun, request: Request, command: string): number {
  const { link, mac } = request;
  if (command === 'delete') return link.multicast.delete(mac) ? 0 : refused(run, 'ENOENT');
  if (link.multicast.has(mac)) return refused(run, 'EEXIST');
  if (!isGroupMac(mac) && link.kind !== 'veth' && link.kind !== 'physical' && link.kind !== 'tap')
    return refused(run, 'EINVAL');
  link.multicast.set(mac, 1);
  return 0;
}
