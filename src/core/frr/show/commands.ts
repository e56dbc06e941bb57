/** All exec commands of a set of daemons. */
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import {
  bfdBrief,
  bfdCounters,
  bfdCountersJson,
  bfdPeer,
  bfdPeers,
  bfdPeersJson,
  type BfdSessionView,
} from './bfd.ts';
import { BGP_SHOW_COMMANDS } from './bgp-commands.table.ts';
import type { ShowContext } from './context.ts';
import { DEBUG_COMMANDS } from './debugging.ts';
import { EVPN_SHOW_COMMANDS } from './evpn/commands.ts';
import { ZEBRA_EVPN_SHOW_COMMANDS } from './evpn/zebra-commands.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { versionText, vrfsText } from './host.ts';
import { INTERFACE_SHOW_COMMANDS } from './interface-commands.ts';
import { ROUTE_COMMANDS } from './route-commands.ts';
import { prettyJson } from './json.ts';
import { LIST_SHOW_COMMANDS } from './list-commands.table.ts';
import { ZEBRA_SHOW_COMMANDS } from './zebra-commands.ts';

const sessions = (context: ShowContext, args: Args): readonly BfdSessionView[] => {
  const vrf = args.find('vrf');
  return context.bfd().filter((one) => vrf === undefined || vrf === 'all' || one.vrf === vrf);
};

const BFD_PEER =
  'peer <A.B.C.D|X:X::X:X>$peer [{multihop|local-address <A.B.C.D|X:X::X:X>$local|interface IFNAME$interface}]';

function findSession(context: ShowContext, args: Args): BfdSessionView | undefined {
  const [peer, name] = [args.get('peer'), args.find('interface')];
  return sessions(context, args).find(
    (one) => one.peer === peer && (name === undefined || one.interface === name),
  );
}

const NO_SESSION = "% Unable to find 'peer' configuration\n";

const BFD_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: ['show bfd [vrf NAME$vrf] peers [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdPeersJson(sessions(context, args)))
          : bfdPeers(sessions(context, args)),
      ),
  },
  {
    syntax: ['show bfd [vrf NAME$vrf] peers brief [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdPeersJson(sessions(context, args)))
          : bfdBrief(sessions(context, args)),
      ),
  },
  {
    syntax: ['show bfd [vrf NAME$vrf] peers counters [json]'],
    run: (context, args) =>
      text(
        args.has('json')
          ? prettyJson(bfdCountersJson(sessions(context, args)))
          : bfdCounters(sessions(context, args)),
      ),
  },
  {
    syntax: [`show bfd [vrf NAME$vrf] ${BFD_PEER} [json]`],
    run: (context, args) => {
      const found = findSession(context, args);
      if (!found) return warn(NO_SESSION);
      const [json] = bfdPeersJson([found]) as readonly [Parameters<typeof prettyJson>[0]];
      return text(args.has('json') ? prettyJson(json) : bfdPeer(found));
    },
  },
];

const HOST_COMMANDS: readonly ShowCommand[] = [
  { syntax: ['show vrf'], run: (context) => text(vrfsText(context)) },
  { syntax: ['show version'], run: (context) => text(versionText(context.config.hostname)) },
  ...LIST_SHOW_COMMANDS,
];

export const SHOW_COMMANDS: readonly ShowCommand[] = [
  ...BGP_SHOW_COMMANDS,
  ...EVPN_SHOW_COMMANDS,
  ...ZEBRA_EVPN_SHOW_COMMANDS,
  ...ROUTE_COMMANDS,
  ...INTERFACE_SHOW_COMMANDS,
  ...ZEBRA_SHOW_COMMANDS,
  ...BFD_COMMANDS,
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
