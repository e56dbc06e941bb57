/** Health checks of switch ports. */
import { parseUuid, type Uuid } from '../../base/uuid.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { integerOf, scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { normalAddress, hostAddresses, portAddresses, sharedAddress } from './address-text.ts';
import { compareText, getSwitchPort, type NbctlContext } from './lookup.ts';

type HealthCheck = NbRow<'Logical_Switch_Port_Health_Check'>;
type SwitchPort = NbRow<'Logical_Switch_Port'>;

function parseProtocol(text: string): HealthCheck['protocol'] {
  if (text === 'icmp' || text === 'tcp' || text === 'udp') return text;
  return fail(`${text}: Type must be icmp, tcp, or udp.`);
}

function parsePort(text: string): number {
  const port = scanInteger(text) ?? -1;
  return port >= 0 && port <= 65535 ? port : fail(`${text}: port must in range 0...65535`);
}

/** Refuses an address that the port does not have, or that is checked in the same way already. */
function checkAddress(
  ctx: NbctlContext,
  port: SwitchPort,
  made: Pick<HealthCheck, 'protocol' | 'src_ip' | 'port' | 'address'>,
): void {
  const target = hostAddresses(made.address) ?? fail(`Not a valid IPv4 or IPv6 address ${made.address}.`);
  let isFound = false;
  for (const text of port.addresses) {
    const addresses = portAddresses(text) ?? fail('Error extracting logical switch port address.');
    isFound = sharedAddress(target, addresses) !== undefined;
    if (isFound) break;
  }
  if (!isFound) fail(`Address ${made.address} not configured on port ${port.name}.`);
  const isSame = (check: HealthCheck): boolean =>
    check.src_ip === made.src_ip &&
    check.protocol === made.protocol &&
    (made.protocol === 'icmp' || check.port === made.port) &&
    check.address === made.address;
  if (ctx.targets('Logical_Switch_Port_Health_Check', port.health_checks).some(isSame))
    fail(`Health check with address ${made.address} already exists on port ${port.name}.`);
}

function addCheck(ctx: NbctlContext): void {
  const [, id = '', protocolText = '', sourceText = '', fourth = ''] = ctx.argv;
  const port = getSwitchPort(ctx, id);
  if (port.type !== '') fail(`${port.type}: Health check monitoring supported only for port with vif type.`);
  const src_ip = normalAddress(sourceText) ?? fail(`${sourceText}: Not a valid IPv4 or IPv6 address.`);
  const protocol = parseProtocol(protocolText);
  const isIcmp = protocol === 'icmp';
  const number = isIcmp ? 0 : parsePort(fourth);
  const address = ctx.argv[isIcmp ? 4 : 5] ?? fail('No addresses specified for health checking.');
  const made = { protocol, src_ip, port: number, address };
  checkAddress(ctx, port, made);
  const uuid = ctx.insert('Logical_Switch_Port_Health_Check', made);
  ctx.update('Logical_Switch_Port', port._uuid, { health_checks: [...port.health_checks, uuid] });
}

function deleteChecks(ctx: NbctlContext): void {
  const [, id = '', checkId] = ctx.argv;
  const port = getSwitchPort(ctx, id);
  const remove = (gone: readonly Uuid[]): void => {
    const health_checks = port.health_checks.filter((uuid) => !gone.includes(uuid));
    ctx.update('Logical_Switch_Port', port._uuid, { health_checks });
    for (const uuid of gone) ctx.delete('Logical_Switch_Port_Health_Check', uuid);
  };
  if (checkId === undefined) return remove(port.health_checks);
  const uuid = parseUuid(checkId) ?? fail(`${checkId}: Invalid UUID format.`);
  if (ctx.get('Logical_Switch_Port_Health_Check', uuid) === undefined)
    fail(`${checkId}: Logical Switch Port Health Check not found.`);
  return remove([uuid]);
}

const compareChecks = (a: HealthCheck, b: HealthCheck): number =>
  compareText(a.src_ip, b.src_ip) ||
  compareText(a.protocol, b.protocol) ||
  (a.protocol === 'icmp' ? 0 : a.port - b.port) ||
  compareText(a.address, b.address);

function checkText(check: HealthCheck): string {
  const option = (title: string, key: string): string => {
    const value = integerOf(check.options, key, 0);
    return value === 0 ? '' : `  ${title.padEnd(14)}:  ${value}\n`;
  };
  return [
    `  Protocol      :  ${check.protocol}\n  Source IP     :  ${check.src_ip}\n`,
    check.protocol === 'icmp' ? '' : `  Port          :  ${check.port}\n`,
    `  Address       :  ${check.address}\n`,
    option('Interval', 'interval'),
    option('Timeout', 'timeout'),
    option('Success count', 'success_count'),
    option('Failure count', 'failure_count'),
  ].join('');
}

export const HEALTH_CHECK_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lsp-hc-add',
    least: 4,
    most: 5,
    synopsis: 'PORT PROTOCOL SRC_IP [DST_PORT] ADDRESS',
    options: '',
    writes: true,
    run: addCheck,
  },
  {
    name: 'lsp-hc-del',
    least: 1,
    most: Infinity,
    synopsis: 'PORT [HC_UUID]',
    options: '',
    writes: true,
    run: deleteChecks,
  },
  {
    name: 'lsp-hc-list',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const checks = ctx.targets('Logical_Switch_Port_Health_Check', getSwitchPort(ctx, id).health_checks);
      if (checks.length === 0) return;
      ctx.print(`Logical Switch Port ${id}:\n${checks.sort(compareChecks).map(checkText).join('\n')}`);
    },
  },
];
