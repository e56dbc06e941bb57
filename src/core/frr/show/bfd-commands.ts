/** `show bfd ...`: which sessions are asked for, and in which form. */
import type { Reply } from '../config/command.ts';
import type { Args } from '../config/match.ts';
import { parseAddress } from '../prefix.ts';
import {
  bfdBrief,
  bfdCounters,
  bfdCountersJson,
  bfdPeer,
  bfdPeerCounters,
  bfdPeerCountersJson,
  bfdPeerJson,
  bfdPeers,
  bfdPeersJson,
  type BfdSessionView,
} from './bfd.ts';
import type { ShowContext } from './context.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import { prettyJson, type Json } from './json.ts';

/** Those of the VRF of that name; without one of all VRFs. */
const sessions = (context: ShowContext, args: Args): readonly BfdSessionView[] => {
  const vrf = args.find('vrf');
  return context.bfd().filter((one) => vrf === undefined || one.vrf === vrf);
};

const isAddress = (text: string | null, typed: string): boolean => {
  const [one, other] = [parseAddress(text ?? ''), parseAddress(typed)];
  return one !== undefined && one.family === other?.family && one.address === other.address;
};

/** A session in all words that were typed, else the first that was not told more about. */
function findSession(context: ShowContext, args: Args): BfdSessionView | undefined {
  const [name, local] = [args.find('interface'), args.find('local')];
  const known = context
    .bfd()
    .filter(
      (one) =>
        isAddress(one.peer, args.get('peer')) &&
        one.multihop === args.has('multihop') &&
        one.vrf === (args.find('vrf') ?? 'default'),
    );
  const isOver = (one: BfdSessionView): boolean => one.interface === (name ?? null);
  const isFrom = (one: BfdSessionView): boolean =>
    local === undefined ? one.local === null : isAddress(one.local, local);
  return (
    known.find((one) => isOver(one) && isFrom(one)) ??
    known.find(
      (one) =>
        (name === undefined || one.interface === null || isOver(one)) &&
        (local === undefined || one.local === null || isFrom(one)),
    )
  );
}

function notFound(args: Args): string {
  const words = [
    ['interface', args.find('interface')],
    ['local-address', args.find('local')],
    ['vrf', args.find('vrf')],
  ] as const;
  const rest = words.map(([word, typed]) => (typed === undefined ? '' : ` ${word} ${typed}`)).join('');
  return `% Unable to find 'peer ${args.get('peer')}${rest}'\n`;
}

/** All sessions of a VRF. */
const listed = (
  syntax: string,
  form: (all: readonly BfdSessionView[], count: number) => string,
  json: (all: readonly BfdSessionView[]) => Json,
): ShowCommand => ({
  syntax: [syntax],
  run: (context, args) => {
    const all = sessions(context, args);
    return text(args.has('json') ? prettyJson(json(all)) : form(all, context.bfd().length));
  },
});

const PEER =
  'peer <WORD$peer|<A.B.C.D|X:X::X:X>$peer [{multihop|local-address <A.B.C.D|X:X::X:X>$local|interface IFNAME$interface}]>';

/** One session. */
const single = (
  words: string,
  form: (one: BfdSessionView) => string,
  json: (one: BfdSessionView) => Json,
): ShowCommand => ({
  syntax: [`show bfd [vrf NAME$vrf] ${PEER}${words} [json]`],
  run: (context, args): Reply => {
    const found = findSession(context, args);
    if (!found) return warn(notFound(args));
    return text(args.has('json') ? prettyJson(json(found)) : form(found));
  },
});

export const BFD_SHOW_COMMANDS: readonly ShowCommand[] = [
  listed('show bfd [vrf NAME$vrf] peers [json]', bfdPeers, bfdPeersJson),
  listed('show bfd [vrf NAME$vrf] peers brief [json]', bfdBrief, bfdPeersJson),
  listed('show bfd [vrf NAME$vrf] peers counters [json]', bfdCounters, bfdCountersJson),
  single('', bfdPeer, bfdPeerJson),
  single(' counters', bfdPeerCounters, bfdPeerCountersJson),
  {
    syntax: [`clear bfd [vrf NAME$vrf] ${PEER} counters`],
    run: (context, args) => {
      const found = findSession(context, args);
      if (!found) return { text: notFound(args), status: 'failed' };
      context.clearBfd(found.id);
      return text('');
    },
  },
  {
    // Offloading bfdd to a data plane of its own is not switched on.
    syntax: ['show bfd distributed'],
    run: () => text('                  Data plane\n                  ==========\n'),
  },
];
