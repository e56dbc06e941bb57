/** What holds for the whole deployment: options of NB_Global, what all chassis can do, meters and sampling applications. */
import { formatMac, parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import type { Base } from './base.ts';
import { optionBool, optionUint, sameOptions } from './options.ts';
import type { Options } from './options.ts';

/** Abilities that a flow may rely on only when every chassis has them. Keys are those of Chassis:other_config. */
const FEATURES = {
  lsDpgColumn: 'ls-dpg-column',
  ctCommitNatV2: 'ct-commit-nat-v2',
  ctCommitToZone: 'ct-commit-to-zone',
  sampleWithRegisters: 'ovn-sample-with-registers',
  ctNextZone: 'ct-next-zone',
  ctLabelFlush: 'ct-label-flush',
  ctStateSave: 'ct-state-save',
} as const;

type Features = { readonly [F in keyof typeof FEATURES]: boolean };

/** Sampling application ids; 0 stands for none. */
interface SamplingApps {
  readonly drop: number;
  readonly aclNew: number;
  readonly aclEstablished: number;
}

interface Config {
  readonly useCtInv: boolean;
  readonly aclCtTranslation: boolean;
  readonly controllerEvent: boolean;
  readonly checkUp: boolean;
  readonly defaultAclDrop: boolean;
  readonly lbsFromRouter: boolean;
  readonly commonZone: boolean;
  readonly ecmpNexthopMonitor: boolean;
  /** The action that drops on purpose, and the one that ends an ACL table. They sample when that is switched on. */
  readonly drop: string;
  readonly implicitDrop: string;
}

export interface ConfigModel {
  /** NB_Global:options; empty when there is no such row. */
  readonly nbOptions: () => Options;
  readonly config: () => Config;
  readonly features: () => Features;
  /** Some chassis speaks VXLAN, so tunnel keys must fit in 12 bits. */
  readonly vxlan: () => boolean;
  readonly samplingApps: () => SamplingApps;
  /** The MAC from which health checks are sent, from NB_Global:options:svc_monitor_mac. */
  readonly serviceMac: () => string;
  readonly serviceMacDestination: () => string;
  /** An address from which or to which checks of network functions go, if it is one. */
  readonly serviceIp: (key: 'svc_monitor_ip' | 'svc_monitor_ip_dst') => string | undefined;
  readonly meter: (name: string) => NbRow<'Meter'> | undefined;
  /** The meter that `copp` sets for a protocol, if such a meter exists. */
  readonly copp: (copp: Uuid | null, protocol: CoppProtocol) => string | undefined;
  /** The name of a chassis and whether it is in another availability zone. */
  readonly chassis: (uuid: Uuid | null) => ChassisFacts | undefined;
  /** The chassis of that name or, failing that, of that host name. */
  readonly chassisByName: (name: string) => Uuid | undefined;
  readonly chassisByNameOrHost: (name: string) => Uuid | undefined;
}

export interface ChassisFacts {
  readonly uuid: Uuid;
  readonly name: string;
  readonly remote: boolean;
}

type CoppProtocol =
  | 'arp'
  | 'arp-resolve'
  | 'dhcpv4-opts'
  | 'dhcpv6-opts'
  | 'dns'
  | 'event-elb'
  | 'icmp4-error'
  | 'icmp6-error'
  | 'igmp'
  | 'nd-na'
  | 'nd-ns'
  | 'nd-ns-resolve'
  | 'nd-ra-opts'
  | 'tcp-reset'
  | 'reject'
  | 'svc-monitor'
  | 'bfd'
  | 'dhcpv4-relay';

const NO_OPTIONS: Options = new Map();

/** Equality of two records of plain values. */
export function sameFields<T extends object>(a: T | undefined, b: T | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const keys = Object.keys(a) as (keyof T)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** Equality of two lists, element by element. */
export function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((item, at) => item === b[at]));
}

export function defineConfig(base: Base): ConfigModel {
  const { graph, nb, sb } = base;
  const nbGlobals = nb.all('NB_Global');
  const apps = nb.all('Sampling_App');
  const chassisRows = sb.all('Chassis');
  const metersByName = nb.index('Meter', (row) => [row.name]);
  const chassisNames = sb.index('Chassis', (row) => [row.name]);
  const chassisHosts = sb.index('Chassis', (row) => [row.hostname]);

  const nbOptionsQuery = graph.query(
    'nb options',
    (): Options => nb.row('NB_Global', nbGlobals()[0])?.options ?? NO_OPTIONS,
    { equal: sameOptions },
  );
  const nbOptions = (): Options => nbOptionsQuery('');

  const samplingApps = graph.query(
    'sampling apps',
    (): SamplingApps => {
      const ids = new Map(nb.rows('Sampling_App', apps()).map((row) => [row.type as string, row.id]));
      return {
        drop: ids.get('drop') ?? 0,
        aclNew: ids.get('acl-new') ?? 0,
        aclEstablished: ids.get('acl-est') ?? 0,
      };
    },
    { equal: sameFields },
  );

  const config = graph.query(
    'config',
    (): Config => {
      const options = nbOptions();
      const flag = (key: string): boolean => optionBool(options, key, false);
      const collector = optionUint(options, 'debug_drop_collector_set', 0);
      const domain = samplingApps('').drop || optionUint(options, 'debug_drop_domain_id', 0);
      const sampling = collector !== 0 && domain < 255;
      const sample = `sample(probability=65535,collector_set=${collector},obs_domain=${domain},obs_point=$cookie); /* drop */`;
      return {
        useCtInv: optionBool(options, 'use_ct_inv_match', true),
        aclCtTranslation: flag('acl_ct_translation'),
        controllerEvent: flag('controller_event'),
        checkUp: !optionBool(options, 'ignore_lsp_down', true),
        defaultAclDrop: flag('default_acl_drop'),
        lbsFromRouter: flag('install_ls_lb_from_router'),
        commonZone: flag('use_common_zone'),
        ecmpNexthopMonitor: flag('ecmp_nexthop_monitor_enable'),
        drop: sampling ? sample : 'drop;',
        implicitDrop: sampling ? sample : '/* drop */',
      };
    },
    { equal: sameFields },
  );

  const features = graph.query(
    'features',
    (): Features => {
      const all = optionBool(nbOptions(), 'ignore_chassis_features', false);
      const rows = all ? [] : sb.rows('Chassis', chassisRows());
      const local = rows.filter((row) => !optionBool(row.other_config, 'is-remote', false));
      const every = (key: string): boolean => local.every((row) => optionBool(row.other_config, key, false));
      return {
        lsDpgColumn: every(FEATURES.lsDpgColumn),
        ctCommitNatV2: every(FEATURES.ctCommitNatV2),
        ctCommitToZone: every(FEATURES.ctCommitToZone),
        sampleWithRegisters: every(FEATURES.sampleWithRegisters),
        ctNextZone: every(FEATURES.ctNextZone),
        ctLabelFlush: every(FEATURES.ctLabelFlush),
        ctStateSave: every(FEATURES.ctStateSave),
      };
    },
    { equal: sameFields },
  );

  const vxlan = graph.query(
    'vxlan',
    (): boolean =>
      optionBool(nbOptions(), 'vxlan_mode', true) &&
      sb
        .rows('Chassis', chassisRows())
        .some((row) => row.encaps.some((encap) => sb.row('Encap', encap)?.type === 'vxlan')),
  );

  const mac = (key: string): string => {
    const parsed = parseMac(nbOptions().get(key) ?? '');
    return parsed === undefined ? '' : formatMac(parsed);
  };
  const meter = graph.query('meter', (name: string) => nb.row('Meter', metersByName(name)[0]));
  const copp = graph.query('copp', (key: string): string | undefined => {
    const [uuid, protocol] = key.split(' ');
    const name = nb.row('Copp', uuid as Uuid)?.meters.get(protocol ?? '');
    return name !== undefined && meter(name) !== undefined ? name : undefined;
  });
  const chassis = graph.query(
    'chassis',
    (uuid: Uuid): ChassisFacts | undefined => {
      const row = sb.row('Chassis', uuid);
      return row && { uuid, name: row.name, remote: optionBool(row.other_config, 'is-remote', false) };
    },
    { equal: sameFields },
  );

  return {
    nbOptions,
    config: () => config(''),
    features: () => features(''),
    vxlan: () => vxlan(''),
    samplingApps: () => samplingApps(''),
    serviceMac: () => mac('svc_monitor_mac'),
    serviceMacDestination: () => mac('svc_monitor_mac_dst'),
    serviceIp: (key) => {
      const text = nbOptions().get(key);
      return text !== undefined && (parseIpv4(text) ?? parseIpv6(text)) !== undefined ? text : undefined;
    },
    meter,
    copp: (uuid, protocol) => (uuid === null ? undefined : copp(`${uuid} ${protocol}`)),
    chassis: (uuid) => (uuid === null ? undefined : chassis(uuid)),
    chassisByName: (name) => chassisNames(name)[0],
    chassisByNameOrHost: (name) => chassisNames(name)[0] ?? chassisHosts(name)[0],
  };
}
