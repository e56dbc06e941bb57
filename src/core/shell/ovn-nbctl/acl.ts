/** Access control lists of switches and port groups. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { setColumn } from '../ovsdb/commands/set.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { findTable } from '../ovsdb/names.ts';
import { booleanOf, scanInteger, toInteger } from '../ovsdb/scan.ts';
import { CtlError, fail } from '../ovsdb/stop.ts';
import { parseDirection, parsePriority } from './arguments.ts';
import {
  compareText,
  findPortGroup,
  findSwitch,
  getFunctionGroup,
  getPortGroup,
  getSwitch,
  type NbctlContext,
} from './lookup.ts';

type Acl = NbRow<'ACL'>;
type Uuid = Acl['_uuid'];

/** The switch or port group whose ACLs are meant. */
interface AclOwner {
  readonly group: NbRow<'Port_Group'> | null;
  readonly row: NbRow<'Logical_Switch'> | null;
  readonly acls: readonly Uuid[];
}

const ownerOf = (group: NbRow<'Port_Group'> | null, row: NbRow<'Logical_Switch'> | null): AclOwner => ({
  group,
  row: group === null ? row : null,
  acls: (group ?? row)?.acls ?? [],
});

function findOwner(ctx: NbctlContext): AclOwner {
  const id = ctx.argument(1);
  const type = ctx.option('--type');
  if (type === 'port-group') return ownerOf(getPortGroup(ctx, id), null);
  if (type === 'switch') return ownerOf(null, getSwitch(ctx, id));
  if (type !== undefined) return fail(`Invalid value '${type}' for option --type`);
  const group = findPortGroup(ctx, id) ?? null;
  const row = findSwitch(ctx, id) ?? null;
  if (group !== null && row !== null)
    fail(
      `Same name '${id}' exists in both port-groups and logical switches. Specify --type=port-group or switch, or use a UUID.`,
    );
  if (group === null && row === null) fail(`'${id}' is not found for port-group or switch.`);
  return ownerOf(group, row);
}

function setAcls(ctx: NbctlContext, { group, row }: AclOwner, acls: readonly Uuid[]): void {
  if (group !== null) ctx.update('Port_Group', group._uuid, { acls });
  else if (row !== null) ctx.update('Logical_Switch', row._uuid, { acls });
}

const isAfterLb = ({ options }: Acl): boolean => booleanOf(options, 'apply-after-lb', false);

/** from-lport first, then before load balancing, tier, highest priority, match. */
function compareAcls(a: Acl, b: Acl): number {
  return (
    Number(a.direction === 'to-lport') - Number(b.direction === 'to-lport') ||
    Number(isAfterLb(a)) - Number(isAfterLb(b)) ||
    a.tier - b.tier ||
    b.priority - a.priority ||
    compareText(a.match, b.match)
  );
}

const ACTIONS = ['allow', 'allow-related', 'allow-stateless', 'drop', 'reject', 'pass'] as const;
const SEVERITIES = ['alert', 'warning', 'notice', 'info', 'debug'] as const;

function parseLabel(text: string): number {
  const label = scanInteger(text) ?? -1;
  return label >= 0 && label <= 0xffffffff ? label : fail(`${text}: label must in range 0...4294967295`);
}

function parseTier(ctx: NbctlContext): number | undefined {
  const text = ctx.option('--tier');
  return text === undefined ? undefined : (toInteger(text) ?? fail(`Invalid tier ${text}`));
}

function parseSample(ctx: NbctlContext, acl: Uuid, column: string, option: string): void {
  const sample = ctx.option(option);
  if (sample === undefined) return;
  try {
    const plain = ctx as unknown as CtlContext;
    setColumn(plain, findTable(ctx.run.names.schema, 'ACL'), acl, `${column}=${sample}`, true);
  } catch (stop) {
    if (stop instanceof CtlError) fail(`invalid ${option}: ${stop.message}`);
    throw stop;
  }
}

function addAcl(ctx: NbctlContext): void {
  const [, id = '', directionText = '', priorityText = '', match = '', actionText = '', functionGroup] =
    ctx.argv;
  const owner = findOwner(ctx);
  const direction = parseDirection(directionText);
  const priority = parsePriority(priorityText);
  const action =
    ACTIONS.find((each) => each === actionText) ??
    fail(
      `${actionText}: action must be one of "allow", "allow-related", "allow-stateless", "drop", and "reject"`,
    );
  const network_function_group =
    functionGroup === undefined ? null : getFunctionGroup(ctx, functionGroup)._uuid;
  const severityText = ctx.option('--severity');
  const severity =
    severityText === undefined
      ? null
      : (SEVERITIES.find((each) => each === severityText) ?? fail(`bad severity: ${severityText}`));
  const name = ctx.option('--name') ?? null;
  const meter = ctx.option('--meter') ?? null;
  const uuid = ctx.insert('ACL', {
    priority,
    direction,
    match,
    action,
    network_function_group,
    log: ctx.has('--log') || severity !== null || name !== null || meter !== null,
    severity,
    name,
    meter,
  });
  parseSample(ctx, uuid, 'sample_new', '--sample-new');
  parseSample(ctx, uuid, 'sample_est', '--sample-est');
  const label = ctx.option('--label');
  if (label !== undefined) {
    if (action !== 'allow' && action !== 'allow-related')
      fail('label can only be set with actions "allow" or "allow-related"');
    ctx.update('ACL', uuid, { label: parseLabel(label) });
  }
  if (direction === 'from-lport' && ctx.has('--apply-after-lb'))
    ctx.update('ACL', uuid, { options: new Map([['apply-after-lb', 'true']]) });
  const tier = parseTier(ctx);
  if (tier !== undefined) ctx.update('ACL', uuid, { tier });
  const made = ctx.target('ACL', uuid);
  if (ctx.targets('ACL', owner.acls).some((acl) => compareAcls(acl, made) === 0)) {
    if (!ctx.has('--may-exist')) fail(`Same ACL already existed on the ls ${id}.`);
    return;
  }
  setAcls(ctx, owner, [...owner.acls, uuid]);
}

function deleteAcls(ctx: NbctlContext): void {
  const [, , directionText, priorityText, match] = ctx.argv;
  const owner = findOwner(ctx);
  const tier = parseTier(ctx);
  const direction = directionText === undefined ? undefined : parseDirection(directionText);
  const priority = priorityText === undefined ? undefined : parsePriority(priorityText);
  if (priority !== undefined && match === undefined) fail('cannot specify priority without match');
  const isGone = (acl: Acl): boolean =>
    (tier === undefined || acl.tier === tier) &&
    (direction === undefined || acl.direction === direction) &&
    (priority === undefined || (acl.priority === priority && acl.match === match));
  const kept = ctx.targets('ACL', owner.acls).filter((acl) => !isGone(acl));
  setAcls(
    ctx,
    owner,
    kept.map(({ _uuid }) => _uuid),
  );
}

function aclText(ctx: NbctlContext, acl: Acl, groupName: string | null): string {
  let text = `${acl.direction.padStart(10)} ${String(acl.priority).padStart(5)} (${acl.match}) ${acl.action}`;
  const group = ctx.get('Network_Function_Group', acl.network_function_group);
  if (group !== undefined) text += ` network-function-group=${group.name}`;
  if (acl.log) {
    const parts = [
      ...(acl.name === null ? [] : [`name=${acl.name}`]),
      ...(acl.severity === null ? [] : [`severity=${acl.severity}`]),
      ...(acl.meter === null ? [] : [`meter="${acl.meter}"`]),
    ];
    text += ` log(${parts.join(',')})`;
  }
  if (acl.label !== 0) text += ` label=${acl.label}`;
  text += ` [tier ${acl.tier}]`;
  if (isAfterLb(acl)) text += ' [after-lb]';
  return `${text}${groupName === null ? '' : ` [${groupName}]`}\n`;
}

function aclLines(ctx: NbctlContext, acls: readonly Uuid[], groupName: string | null): string {
  const rows = ctx.targets('ACL', acls).sort(compareAcls);
  return rows.map((acl) => aclText(ctx, acl, groupName)).join('');
}

function listAcls(ctx: NbctlContext): void {
  const owner = findOwner(ctx);
  ctx.print(aclLines(ctx, owner.acls, null));
  if (!ctx.has('--all') || owner.row === null) return;
  const ports = new Set(owner.row.ports);
  const groups = ctx.rows('Port_Group').filter((group) => group.ports.some((port) => ports.has(port)));
  for (const group of groups.sort((a, b) => compareText(a.name, b.name)))
    ctx.print(aclLines(ctx, group.acls, group.name));
}

export const ACL_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'acl-add',
    least: 5,
    most: 7,
    synopsis: '{SWITCH | PORTGROUP} DIRECTION PRIORITY MATCH ACTION [NETWORK-FUNCTION-GROUP]',
    options:
      '--log,--may-exist,--type=,--name=,--severity=,--meter=,--label=,--apply-after-lb,--tier=,--sample-new=,--sample-est=',
    writes: true,
    run: addAcl,
  },
  {
    name: 'acl-del',
    least: 1,
    most: 4,
    synopsis: '{SWITCH | PORTGROUP} [DIRECTION [PRIORITY MATCH]]',
    options: '--type=,--tier=',
    writes: true,
    run: deleteAcls,
  },
  {
    name: 'acl-list',
    least: 1,
    most: 2,
    synopsis: '{SWITCH | PORTGROUP}',
    options: '--all,--type=',
    writes: false,
    run: listAcls,
  },
];
