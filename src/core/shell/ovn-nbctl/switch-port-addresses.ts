/** Addresses and port security of switch ports. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { beginsWithMac, isDynamicAddress, portAddresses, sharedAddress } from './address-text.ts';
import { findRouterPort, getSwitchPort, switchOf, type NbctlContext } from './lookup.ts';

const isAddress = (text: string): boolean =>
  ['unknown', 'dynamic', 'router'].includes(text) ||
  beginsWithMac(text) ||
  /^dynamic\s*([0-9a-fA-F:.]|\d+\.\d+\.\d+\.\d+)/.test(text);

/** Refuses an address that another port of the switch has. */
function checkDuplicates(
  ctx: NbctlContext,
  row: NbRow<'Logical_Switch'>,
  port: NbRow<'Logical_Switch_Port'>,
  address: string,
): void {
  const own = portAddresses(address);
  if (own === undefined) return;
  for (const other of ctx.targets('Logical_Switch_Port', row.ports)) {
    if (other._uuid === port._uuid) continue;
    for (const text of other.addresses) {
      const held = isDynamicAddress(text) ? (other.dynamic_addresses ?? text) : text;
      const addresses = portAddresses(held);
      const shared = addresses === undefined ? undefined : sharedAddress(own, addresses);
      if (shared !== undefined)
        fail(
          `Error on switch ${row.name}: duplicate ${shared.family} address '${shared.text}' found on logical switch port '${other.name}'`,
        );
    }
  }
}

function setAddresses(ctx: NbctlContext): void {
  const port = getSwitchPort(ctx, ctx.argument(1));
  const row = switchOf(ctx, port);
  const addresses = ctx.argv.slice(2);
  for (const address of addresses) {
    if (!isAddress(address))
      fail(
        `${address}: Invalid address format. See ovn-nb(5). Hint: An Ethernet address must be listed before an IP address, together as a single argument.`,
      );
    checkDuplicates(ctx, row, port, address);
  }
  ctx.update('Logical_Switch_Port', port._uuid, { addresses });
}

function getAddresses(ctx: NbctlContext): void {
  const { addresses, options } = getSwitchPort(ctx, ctx.argument(1));
  const peer = options.get('router-port');
  if (addresses.length === 1 && addresses[0] === 'router' && peer !== undefined) {
    const port = findRouterPort(ctx, peer);
    if (port !== undefined) return ctx.print(`${[port.mac, ...port.networks].join(' ')}\n`);
  }
  return ctx.print(addresses.map((address) => `${address}\n`).join(''));
}

export const PORT_ADDRESS_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lsp-set-addresses',
    least: 1,
    most: Infinity,
    synopsis: 'PORT [ADDRESS]...',
    options: '',
    writes: true,
    run: setAddresses,
  },
  {
    name: 'lsp-get-addresses',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: getAddresses,
  },
  {
    name: 'lsp-set-port-security',
    least: 0,
    most: Infinity,
    synopsis: 'PORT [ADDRS]...',
    options: '',
    writes: true,
    run(ctx) {
      const port = getSwitchPort(ctx, ctx.argv[1] ?? fail('lsp-set-port-security: no port'));
      ctx.update('Logical_Switch_Port', port._uuid, { port_security: ctx.argv.slice(2) });
    },
  },
  {
    name: 'lsp-get-port-security',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      for (const address of getSwitchPort(ctx, ctx.argument(1)).port_security) ctx.print(`${address}\n`);
    },
  },
];
