/** What OVN does for a prefix: from the northbound row over northd and ovn-controller to the kernel's route on the gateway. */
import { formatPrefix, type Prefix } from '../../../core/frr/prefix.ts';
import { readSettings } from '../../../core/ovn/controller/index.ts';
import type { Host, World } from '../../../core/sim/index.ts';
import type { RoadRung } from '../../questions/prefix-road.ts';
import type { Databases } from '../because.ts';
import { ask } from '../inspect.ts';
import { routerSubject, shortText, type AdvertisingRouter, type PrefixCause } from './prefix-origin.ts';

type Command = RoadRung['command'];

const REDISTRIBUTE = 'dynamic-routing-redistribute';

/** The chassis that a machine is; undefined without Open vSwitch or a name. */
export const chassisName = (host: Host): string | undefined =>
  host.switch ? (readSettings(host.switch.ovs).chassis ?? undefined) : undefined;

/** `ip -6` for IPv6. */
export const ipFamily = ({ family }: Prefix): readonly string[] => (family === 6 ? ['-6'] : []);

/** Lines of a command's output that begin with the prefix, each with its further next hops. */
export function routeLines(
  world: World,
  prefix: Prefix,
  command: { readonly host: string; readonly namespace: string; readonly argv: readonly string[] },
): readonly string[] {
  const words = new Set([shortText(prefix), formatPrefix(prefix)]);
  const lines = ask(world, { title: '', ...command }).text.split('\n');
  return lines.flatMap((line, index) => {
    const word = line.split(/\s+/).find((one) => !/^(blackhole|unreachable|prohibit|unicast)$/.test(one));
    if (line.startsWith(' ') || word === undefined || !words.has(word)) return [];
    // Next hops of a multipath route stand on lines of their own.
    const more: string[] = [];
    for (let at = index + 1; lines[at]?.startsWith('\t') === true; at += 1)
      more.push((lines[at] ?? '').trim());
    return [[line.trim(), ...more].join(' ')];
  });
}

/**
 * The rungs before BGP. `router` is the one that makes the prefix known, or could; null when none takes part. `host` is the
 * gateway whose kernel it meets; null for the first that serves the router.
 */
export function trunkRungs(
  world: World,
  databases: Databases,
  router: AdvertisingRouter | null,
  host: Host | null,
  { prefix, cause }: { readonly prefix: Prefix; readonly cause: PrefixCause | undefined },
): readonly RoadRung[] {
  const { nb } = databases;
  const central = [...world.hosts.values()].find((one) => one.central)?.name ?? null;
  const typed = (line: string): Command => (central === null ? null : { host: central, namespace: '', line });
  const rungs: RoadRung[] = nb ? [causeRung(cause, typed)] : [];
  if (!router) return cause ? [...rungs, nobodyRung(cause, typed)] : rungs;
  if (router.northbound) rungs.push(optionRung(router, cause, typed));
  rungs.push(advertisedRung(databases, router, typed));
  const gateway =
    host ??
    [...world.hosts.values()].find(
      (one) => one.controller !== undefined && router.chassis.has(chassisName(one) ?? ''),
    );
  return gateway ? [...rungs, ...kernelRungs(world, databases, prefix, gateway, router)] : rungs;
}

/** Why ovn-controller of a machine does nothing for a router; '' where it does. */
function whyNotServed(
  { nb }: Databases,
  host: Host,
  { name, chassis, northbound }: AdvertisingRouter,
): string {
  if (host.controller?.running !== true) return `ovn-controller of ${host.name} does not run: start it.`;
  const own = chassisName(host);
  if (own === undefined || chassis.has(own)) return '';
  const where =
    chassis.size === 0
      ? `No chassis serves ${name}`
      : `${name} is served by ${[...chassis].toSorted().join(', ')}, not here`;
  if (!northbound) return `${where}.`;
  if (northbound.row.options.has('chassis'))
    return `${where}: ovn-nbctl set Logical_Router ${name} options:chassis=${own}`;
  // A port that has a group takes no notice of gateway chassis of its own.
  const group = northbound.ports.find((port) => port.ha_chassis_group !== null)?.ha_chassis_group;
  const groupName = group == null ? undefined : nb?.get('HA_Chassis_Group', group)?.name;
  if (groupName !== undefined)
    return `${where}: ovn-nbctl ha-chassis-group-add-chassis ${groupName} ${own} PRIORITY, above the others.`;
  const gateway = northbound.ports.find((port) => port.gateway_chassis.length > 0);
  if (gateway)
    return `${where}: ovn-nbctl lrp-set-gateway-chassis ${gateway.name} ${own} PRIORITY, above the others.`;
  // options:chassis would end the router's distribution.
  const [only, ...others] = northbound.ports;
  return `${where}: ovn-nbctl lrp-set-gateway-chassis ${only && others.length === 0 ? only.name : 'PORT'} ${own}, for the port that leads out.`;
}

/** Where the port that is tracked has to be for the route to be put in; '' where that does not matter. */
function whyNotTracked({ sb }: Databases, host: Host, { advertised }: AdvertisingRouter): string {
  const isWaiting =
    advertised.length > 0 &&
    advertised.every(({ logical_port: port, tracked_port: tracked }) => {
      const own = sb?.get('Port_Binding', port);
      return tracked !== null && own?.options.get('dynamic-routing-redistribute-local-only') === 'true';
    });
  return isWaiting
    ? `With dynamic-routing-redistribute-local-only, the tracked port has to be on ${host.name}.`
    : '';
}

function causeRung(cause: PrefixCause | undefined, typed: (line: string) => Command): RoadRung {
  return {
    kind: 'northbound',
    title: cause ? `${cause.table} row` : 'Northbound row',
    by: 'you',
    place: cause?.router ? `router ${cause.router.name}` : 'OVN_Northbound',
    rows: cause ? [cause.row] : [],
    command: typed(cause ? `ovn-nbctl list ${cause.table}` : 'ovn-nbctl show'),
    remedy: cause
      ? ''
      : 'No NAT, load balancer, static route, router port or address has this prefix. Add one with ovn-nbctl.',
    subject: null,
  };
}

/** No router takes part in dynamic routing. */
function nobodyRung({ router, word }: PrefixCause, typed: (line: string) => Command): RoadRung {
  const name = router?.name ?? 'ROUTER';
  return {
    kind: 'option',
    title: 'Options of router and port',
    by: 'you',
    place: `router ${name}`,
    rows: [],
    command: typed(router ? `ovn-nbctl get Logical_Router ${name} options` : 'ovn-nbctl lr-list'),
    remedy: `No router takes part in dynamic routing: ovn-nbctl set Logical_Router ${name} options:dynamic-routing=true options:${REDISTRIBUTE}=${word}`,
    subject: router ? { kind: 'logical-router', uuid: router._uuid } : null,
  };
}

function optionRung(
  { name, northbound, advertised }: AdvertisingRouter,
  cause: PrefixCause | undefined,
  typed: (line: string) => Command,
): RoadRung {
  const word = cause?.word ?? 'nat';
  const options = northbound?.row.options;
  const ports = northbound?.ports ?? [];
  const takesPart = options?.get('dynamic-routing') === 'true';
  const isWanted = (text: string | undefined): boolean =>
    (text ?? '')
      .split(',')
      .map((one) => one.trim())
      .some((one) => one === word || (word === 'connected' && one === 'connected-as-host'));
  const own = options?.get(REDISTRIBUTE);
  const said = [
    ...(takesPart ? [`${name} dynamic-routing=true`] : []),
    ...(own === undefined ? [] : [`${name} ${REDISTRIBUTE}=${own}`]),
    ...ports.flatMap((port) => {
      const text = port.options.get(REDISTRIBUTE);
      return text === undefined ? [] : [`${port.name} ${REDISTRIBUTE}=${text}`];
    }),
  ];
  const redistributes = isWanted(own) || ports.some((port) => isWanted(port.options.get(REDISTRIBUTE)));
  const there = advertised.length > 0 || (takesPart && redistributes);
  const port = ports.find((one) => one.name === cause?.port) ?? ports[0];
  return {
    kind: 'option',
    title: 'Options of router and port',
    by: 'you',
    place: `router ${name}`,
    rows: there ? said : [],
    command: typed(`ovn-nbctl get Logical_Router ${name} options`),
    remedy: there
      ? ''
      : !takesPart
        ? `ovn-nbctl set Logical_Router ${name} options:dynamic-routing=true`
        : `ovn-nbctl set Logical_Router_Port ${port?.name ?? 'PORT'} options:${REDISTRIBUTE}=${word}`,
    subject: northbound ? { kind: 'logical-router', uuid: northbound.row._uuid } : null,
  };
}

function advertisedRung(
  { sb }: Databases,
  router: AdvertisingRouter,
  typed: (line: string) => Command,
): RoadRung {
  return {
    kind: 'southbound',
    title: 'Advertised_Route row',
    by: 'northd',
    place: `router ${router.name}`,
    rows: router.advertised.map((row) => {
      const port = sb?.get('Port_Binding', row.logical_port)?.logical_port ?? '';
      const tracked = row.tracked_port && sb?.get('Port_Binding', row.tracked_port);
      return `ip_prefix ${row.ip_prefix} logical_port ${port}${tracked ? ` tracked_port ${tracked.logical_port}` : ''}`;
    }),
    command: typed('ovn-sbctl list Advertised_Route'),
    remedy:
      router.advertised.length > 0
        ? ''
        : 'northd makes the row once the router redistributes it. ovn-northd has to run, and the row must belong to this router or to one beside it.',
    subject: routerSubject(router),
  };
}

function kernelRungs(
  world: World,
  databases: Databases,
  prefix: Prefix,
  host: Host,
  router: AdvertisingRouter,
): readonly RoadRung[] {
  const { vrf, table, maintainsVrf, northbound } = router;
  const elsewhere = whyNotServed(databases, host, router);
  const port = northbound?.ports.find(({ options }) => options.has(REDISTRIBUTE)) ?? northbound?.ports[0];
  const there = host.kernel.findLink('', vrf) !== undefined;
  const argv = ['ip', ...ipFamily(prefix), 'route', 'show', 'vrf', vrf];
  const routes = there ? routeLines(world, prefix, { host: host.name, namespace: '', argv }) : [];
  const subject = { kind: 'link', host: host.name, namespace: '', device: vrf } as const;
  return [
    {
      kind: 'vrf',
      title: 'VRF',
      by: maintainsVrf ? 'ovn-controller' : 'you',
      place: host.name,
      rows: there ? [`${vrf} table ${table}`] : [],
      command: { host: host.name, namespace: '', line: 'ip -d link show type vrf' },
      remedy: there
        ? ''
        : elsewhere !== ''
          ? elsewhere
          : maintainsVrf
            ? `ovn-controller makes it once and does not look again: ip link add ${vrf} type vrf table ${table}, then ip link set ${vrf} up.`
            : `ovn-nbctl set Logical_Router_Port ${port?.name ?? 'PORT'} options:dynamic-routing-maintain-vrf=true, or ip link add ${vrf} type vrf table ${table}`,
      subject,
    },
    {
      kind: 'kernel',
      title: 'Kernel route',
      by: 'ovn-controller',
      place: `${host.name}, ${vrf}`,
      rows: routes,
      command: { host: host.name, namespace: '', line: argv.join(' ') },
      remedy:
        routes.length > 0
          ? ''
          : elsewhere ||
            whyNotTracked(databases, host, router) ||
            'ovn-controller does not look after its own routes: ovs-appctl -t ovn-controller inc-engine/recompute puts one back that was taken away.',
      subject,
    },
  ];
}
