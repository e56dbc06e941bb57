/** Connection tracking zones of datapaths (timeout policies, limits) and datapath capabilities. */
import type { Uuid } from '../../base/uuid.ts';
import { mapOrder, type OvsRow, type OvsSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { atoi, scanAnyInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { openVswitch, type VsctlContext } from './topology.ts';

function findDatapath(ctx: VsctlContext, missing: string): OvsRow<'Datapath'> {
  const uuid = openVswitch(ctx).datapaths.get(ctx.argument(1)) ?? null;
  return ctx.get('Datapath', uuid) ?? fail(missing);
}

const existingDatapath = (ctx: VsctlContext): OvsRow<'Datapath'> =>
  findDatapath(ctx, `datapath ${ctx.argument(1)} does not exist`);
const recordedDatapath = (ctx: VsctlContext): OvsRow<'Datapath'> =>
  findDatapath(ctx, `datapath: ${ctx.argument(1)} record not found`);

function findZone(
  ctx: VsctlContext,
  datapath: OvsRow<'Datapath'>,
  id: number,
): OvsRow<'CT_Zone'> | undefined {
  return ctx.get('CT_Zone', datapath.ct_zones.get(id) ?? null);
}

function zoneArgument(ctx: VsctlContext): number {
  const text = ctx.argument(2);
  const id = text.startsWith('zone=') ? scanAnyInteger(text.slice(5)) : undefined;
  return id ?? fail(`invalid zone argument, ${text}`);
}

function addZone(ctx: VsctlContext, datapath: OvsRow<'Datapath'>, id: number): Uuid {
  const zone = ctx.insert('CT_Zone', {});
  ctx.update('Datapath', datapath._uuid, { ct_zones: new Map([...datapath.ct_zones, [id, zone]]) });
  return zone;
}

function dropZone(ctx: VsctlContext, datapath: OvsRow<'Datapath'>, id: number): void {
  const ct_zones = new Map([...datapath.ct_zones].filter(([key]) => key !== id));
  ctx.update('Datapath', datapath._uuid, { ct_zones });
}

type Timeouts = OvsRow<'CT_Timeout_Policy'>['timeouts'];
type TimeoutName = Timeouts extends ReadonlyMap<infer K, number> ? K : never;

/** A policy with these timeouts: one that is there already, or a new one. */
function timeoutPolicy(ctx: VsctlContext, settings: readonly string[]): Uuid {
  const wanted = new Map(
    settings.map((setting) => {
      const [name = '', value = ''] = setting.split('=');
      return [name as TimeoutName, atoi(value)] as const;
    }),
  );
  const isSame = (timeouts: Timeouts): boolean =>
    timeouts.size === wanted.size && [...wanted].every(([name, value]) => timeouts.get(name) === value);
  const existing = ctx.rows('CT_Timeout_Policy').find(({ timeouts }) => isSame(timeouts));
  return existing?._uuid ?? ctx.insert('CT_Timeout_Policy', { timeouts: wanted });
}

const base = { synopsis: '', options: '' } as const;

export const ZONE_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    ...base,
    name: 'add-zone-tp',
    least: 3,
    most: Infinity,
    options: '--may-exist',
    writes: true,
    run(ctx) {
      const id = zoneArgument(ctx);
      const datapath = existingDatapath(ctx);
      const zone = findZone(ctx, datapath, id);
      if (typeof zone?.timeout_policy === 'string' && !ctx.has('--may-exist'))
        fail(`zone id ${id} already has a policy`);
      const timeout_policy = timeoutPolicy(ctx, ctx.argv.slice(3));
      ctx.update('CT_Zone', zone?._uuid ?? addZone(ctx, datapath, id), { timeout_policy });
    },
  },
  {
    ...base,
    name: 'del-zone-tp',
    least: 2,
    most: 2,
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = zoneArgument(ctx);
      const datapath = existingDatapath(ctx);
      const zone = findZone(ctx, datapath, id);
      if (typeof zone?.timeout_policy !== 'string' && !ctx.has('--if-exists'))
        fail(`zone id ${id} does not have a policy`);
      if (zone === undefined) return;
      if (zone.limit === null) dropZone(ctx, datapath, id);
      else ctx.update('CT_Zone', zone._uuid, { timeout_policy: null });
    },
  },
  {
    ...base,
    name: 'list-zone-tp',
    least: 1,
    most: 1,
    writes: false,
    run(ctx) {
      for (const [id, uuid] of recordedDatapath(ctx).ct_zones) {
        const policy = ctx.get('CT_Timeout_Policy', ctx.target('CT_Zone', uuid).timeout_policy);
        const timeouts = [...(policy?.timeouts ?? [])].map(([name, value]) => `${name}=${value}`).join(' ');
        ctx.print(
          `Zone:${id}, Timeout Policies:${policy === undefined ? ' system default' : timeouts && ` ${timeouts}`}\n`,
        );
      }
    },
  },
  {
    ...base,
    name: 'list-dp-cap',
    least: 1,
    most: 1,
    writes: false,
    run(ctx) {
      const { capabilities } = findDatapath(ctx, `datapath "${ctx.argument(1)}" record not found`);
      ctx.print(
        `${mapOrder(capabilities)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}\n`,
      );
    },
  },
  {
    name: 'set-zone-limit',
    least: 3,
    most: 3,
    synopsis: 'ARG ARG ARG',
    options: '',
    writes: true,
    run(ctx) {
      const [, , zoneText = '', limitText = ''] = ctx.argv;
      const id = scanAnyInteger(zoneText) ?? -1;
      if (scanAnyInteger(zoneText) === undefined && zoneText !== 'default')
        fail(`invalid zone id, ${zoneText}`);
      const limit = scanAnyInteger(limitText) ?? fail(`invalid limit, ${limitText}`);
      const datapath = existingDatapath(ctx);
      if (limit < 0 || limit > 0xffffffff) fail(`limit (${limit}) out of range`);
      if (zoneText === 'default')
        return ctx.update('Datapath', datapath._uuid, { ct_zone_default_limit: limit });
      if (id < 0 || id > 0xffff) fail(`zone_id (${id}) out of range`);
      const zone = findZone(ctx, datapath, id)?._uuid ?? addZone(ctx, datapath, id);
      return ctx.update('CT_Zone', zone, { limit });
    },
  },
  {
    name: 'del-zone-limit',
    least: 2,
    most: 2,
    synopsis: 'ARG ARG',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const text = ctx.argument(2);
      const id = scanAnyInteger(text) ?? -1;
      if (scanAnyInteger(text) === undefined && text !== 'default') fail(`invalid zone id, ${text}`);
      const datapath = existingDatapath(ctx);
      const mustExist = !ctx.has('--if-exists');
      if (text === 'default') {
        if (mustExist && datapath.ct_zone_default_limit === null)
          fail(`datapath ${ctx.argument(1)} does not have a limit`);
        return ctx.update('Datapath', datapath._uuid, { ct_zone_default_limit: null });
      }
      const zone = findZone(ctx, datapath, id);
      if (mustExist && typeof zone?.limit !== 'number') fail(`zone_id ${id} does not have a limit`);
      if (zone === undefined) return undefined;
      if (zone.timeout_policy === null) return dropZone(ctx, datapath, id);
      return ctx.update('CT_Zone', zone._uuid, { limit: null });
    },
  },
  {
    name: 'list-zone-limits',
    least: 1,
    most: 1,
    synopsis: 'ARG',
    options: '',
    writes: false,
    run(ctx) {
      const datapath = recordedDatapath(ctx);
      if (datapath.ct_zone_default_limit !== null)
        ctx.print(`Default, Limit: ${datapath.ct_zone_default_limit}\n`);
      for (const [id, uuid] of datapath.ct_zones) {
        const { limit } = ctx.target('CT_Zone', uuid);
        if (limit !== null) ctx.print(`Zone: ${id}, Limit: ${limit}\n`);
      }
    },
  },
];
