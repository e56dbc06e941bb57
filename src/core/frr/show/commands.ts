/** All exec commands of a set of daemons. */
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import { BFD_SHOW_COMMANDS } from './bfd-commands.ts';
import { BGP_SHOW_COMMANDS } from './bgp-commands.table.ts';
import type { ShowContext } from './context.ts';
import { DEBUG_COMMANDS } from './debugging.ts';
import { EVPN_SHOW_COMMANDS } from './evpn/commands.ts';
import { ZEBRA_EVPN_SHOW_COMMANDS } from './evpn/zebra-commands.ts';
import { text, type ShowCommand } from './exec-command.ts';
import { loggingText } from './logging.ts';
import { versionText } from './version.ts';
import { vrfsText } from './vrfs.ts';
import { INTERFACE_SHOW_COMMANDS } from './interface-commands.ts';
import { ROUTE_COMMANDS } from './route-commands.ts';
import { LIST_SHOW_COMMANDS } from './list-commands.table.ts';
import { ZEBRA_SHOW_COMMANDS } from './zebra-commands.ts';

const HOST_COMMANDS: readonly ShowCommand[] = [
  { syntax: ['show vrf'], run: (context) => text(vrfsText(context)) },
  { syntax: ['show version'], run: (context) => text(versionText(context)) },
  { syntax: ['show logging'], run: (context) => text(loggingText(context)) },
  ...LIST_SHOW_COMMANDS,
];

export const SHOW_COMMANDS: readonly ShowCommand[] = [
  ...BGP_SHOW_COMMANDS,
  ...EVPN_SHOW_COMMANDS,
  ...ZEBRA_EVPN_SHOW_COMMANDS,
  ...ROUTE_COMMANDS,
  ...INTERFACE_SHOW_COMMANDS,
  ...ZEBRA_SHOW_COMMANDS,
  ...BFD_SHOW_COMMANDS,
  ...HOST_COMMANDS,
  ...DEBUG_COMMANDS,
];

/** Answers an exec command that the language found. `bgpRuns` is false while bgpd is down: its commands are then refused. */
export function runExec(
  context: ShowContext,
  bgpRuns: boolean,
  answer: { readonly command: unknown; readonly args: Args },
): Reply {
  const command = SHOW_COMMANDS.find((one) => one === answer.command);
  if (!command) return { unsupported: { kind: 'unsupported', feature: 'command', where: 'vtysh' } };
  if (!bgpRuns && (BGP_SHOW_COMMANDS.includes(command) || EVPN_SHOW_COMMANDS.includes(command)))
    return { text: 'bgpd is not running\n', status: 'failed' };
  return command.run(context, answer.args);
}
