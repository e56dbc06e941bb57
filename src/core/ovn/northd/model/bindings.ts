/** What the chassis say about ports in the southbound database: where a port is bound, whether it is up, and what they left in its options. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Base } from './base.ts';
import { sameFields } from './config.ts';
import type { ChassisFacts, ConfigModel } from './config.ts';
import { sameOptions } from './options.ts';
import type { Options } from './options.ts';
import type { PortModel } from './ports.ts';

/** The Port_Binding row of a port as far as others than northd write it. */
export interface Binding {
  readonly uuid: Uuid;
  readonly datapath: Uuid;
  readonly type: string;
  readonly parentPort: string | null;
  readonly chassis: Uuid | null;
  readonly additionalChassis: readonly Uuid[];
  readonly requestedChassis: Uuid | null;
  readonly up: boolean | null;
  readonly options: Options;
  readonly virtualParent: string | null;
}

export interface BindingModel {
  /** The binding of a logical port by name; undefined before northd has written one. */
  readonly binding: (name: string) => Binding | undefined;
  /** The chassis on which a port is. */
  readonly boundChassis: (name: string) => ChassisFacts | undefined;
  readonly isUp: (name: string) => boolean;
  /** The options that chassis have written and northd keeps. */
  readonly chassisOptions: (name: string) => Options;
  /** The port is on a chassis in another availability zone. */
  readonly isBoundRemotely: (name: string) => boolean;
  /** Logical_Switch_Port:up as it should be. */
  readonly portUp: (lsp: Uuid) => boolean;
}

const NO_OPTIONS: Options = new Map();
const KEPT_OPTIONS = [
  'additional-chassis-activated',
  'vport-last-claim',
  'vport-backoff',
  'is-remote-nb-bound',
  'ipv6_ra_pd_list',
];

const sameBinding = (a: Binding | undefined, b: Binding | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    sameOptions(a.options, b.options) &&
    sameFields({ ...a, options: undefined }, { ...b, options: undefined }));

export function defineBindings(base: Base, m: ConfigModel & PortModel): BindingModel {
  const { graph, sb } = base;
  const byName = sb.index('Port_Binding', (row) => [row.logical_port]);
  const binding = graph.query(
    'binding',
    (name: string): Binding | undefined => {
      const row = sb.row('Port_Binding', byName(name)[0]);
      return (
        row && {
          uuid: row._uuid,
          datapath: row.datapath,
          type: row.type,
          parentPort: row.parent_port,
          chassis: row.chassis,
          additionalChassis: row.additional_chassis,
          requestedChassis: row.requested_chassis,
          up: row.up,
          options: row.options,
          virtualParent: row.virtual_parent,
        }
      );
    },
    { equal: sameBinding },
  );
  const chassisOf = (name: string): ChassisFacts | undefined => m.chassis(binding(name)?.chassis ?? null);
  const boundChassis = graph.query('bound chassis', chassisOf);
  const isUp = graph.query('is up', (name: string) => binding(name)?.up === true);
  const portUp = (uuid: Uuid): boolean => {
    const port = m.lsp(uuid);
    const row = port === undefined ? undefined : binding(port.name);
    if (port === undefined || row === undefined) return false;
    if (port.type === 'router' || port.type === 'switch') return true;
    const chassis = m.chassis(row.chassis);
    return chassis !== undefined && (chassis.remote || row.up === true);
  };
  // What northd makes of a binding is one value, which seldom changes when the binding does.
  const kept = graph.query(
    'kept of binding',
    (name: string): { readonly options: Options; readonly remote: boolean } => {
      const options = binding(name)?.options ?? NO_OPTIONS;
      const keys = KEPT_OPTIONS.filter((key) => options.has(key));
      return {
        options: keys.length === 0 ? NO_OPTIONS : new Map(keys.map((key) => [key, options.get(key) ?? ''])),
        remote: chassisOf(name)?.remote === true,
      };
    },
    { equal: (a, b) => a.remote === b.remote && sameOptions(a.options, b.options) },
  );
  return {
    chassisOptions: (name) => kept(name).options,
    isBoundRemotely: (name) => kept(name).remote,
    binding,
    boundChassis,
    isUp,
    portUp,
  };
}
