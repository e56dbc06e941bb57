/** Deeds and what followed each: the journal of routes, the gateways' moves and the fates of packets, cut where a deed changed something. */
import { formatPrefix, routeKey } from '../../../core/frr/prefix.ts';
import { evpnWords } from '../../../core/frr/view/evpn-words.ts';
import type { RouteChange, World } from '../../../core/sim/index.ts';
import type { Deed } from '../../document.ts';
import type {
  ChangeCause,
  ChangedPrefix,
  Consequences,
  GonePrefix,
  LostPackets,
} from '../../questions/what-changed.ts';
import { positionOf } from '../runs.ts';
import { ConfiguringDeeds } from './configuring-deeds.ts';
import { GatewayMoves } from './gateway-moves.ts';
import { PacketFates, type PacketFate } from './packet-fates.ts';

const MOST_DEEDS = 50;
/** Spans that are looked at: most tell of nothing. */
const MOST_SPANS = 500;
const MOST_PREFIXES = 100;

interface Span {
  readonly cause: ChangeCause;
  readonly from: number;
  /** When the next one begins. */
  readonly to: number;
}

interface Loss {
  readonly change: RouteChange;
  back: number | null;
}

export class WhatChanged {
  readonly #world: World;
  /** Who types says so. */
  readonly configuring: ConfiguringDeeds;
  readonly #deeds: readonly Deed[];
  readonly #gateways: GatewayMoves;
  readonly #packets: PacketFates;
  readonly #openedAt: number;

  /** What happens in `world` from now on counts. `deeds`: what the user did so far; it grows. */
  constructor(world: World, deeds: readonly Deed[]) {
    this.#deeds = deeds;
    this.#world = world;
    this.#openedAt = world.clock.now();
    world.journal.clear();
    this.configuring = new ConfiguringDeeds(world, deeds);
    this.#gateways = new GatewayMoves(world.central()?.sb, world.clock);
    this.#packets = new PacketFates(world);
  }

  /** Newest first; deeds that changed nothing and were followed by nothing are left out. */
  answer(): readonly Consequences[] {
    const { changes } = this.#world.journal;
    const losses = lossesOf(changes);
    const packets = this.#packets.all();
    return this.#spans()
      .slice(-MOST_SPANS)
      .map((span) => this.#consequences(span, changes, losses, packets))
      .filter(({ cause, gone, moved, refused, came, gateways, lost }) =>
        cause.kind === 'none'
          ? gone.length + moved.length + refused.length + gateways.length + lost.length > 0
          : cause.kind === 'fault' ||
            gone.length + moved.length + refused.length + came + gateways.length + lost.length > 0,
      )
      .slice(-MOST_DEEDS)
      .toReversed();
  }

  #spans(): readonly Span[] {
    const begins: { readonly cause: ChangeCause; readonly from: number }[] = [
      { cause: { kind: 'none' }, from: this.#openedAt },
    ];
    for (const [index, deed] of this.#deeds.entries()) {
      if (deed.kind === 'fault')
        begins.push({ cause: { kind: 'fault', fault: deed.fault, on: deed.on }, from: deed.at });
      else if (deed.kind === 'typed' && this.configuring.has(index))
        begins.push({ cause: { kind: 'typed', host: deed.host, line: deed.line }, from: deed.at });
    }
    return begins.map((begin, index) => ({ ...begin, to: begins[index + 1]?.from ?? Infinity }));
  }

  #consequences(
    { cause, from, to }: Span,
    changes: readonly RouteChange[],
    losses: readonly Loss[],
    packets: readonly PacketFate[],
  ): Consequences {
    const isIn = ({ at }: { readonly at: number }): boolean => at >= from && at < to;
    const own = changes.filter(isIn);
    const gone = losses.filter(({ change }) => isIn(change));
    const of = (kind: RouteChange['kind']): readonly RouteChange[] =>
      own.filter((change) => change.kind === kind);
    const lost = this.#lost(packets, from, to);
    const lists = [of('moved'), of('refused'), gone];
    const missing = gone.filter(({ back }) => back === null).length;
    const missingBefore = losses.filter(
      ({ change, back }) => change.at < from && (back === null || back >= to),
    ).length;
    const mended = [
      ...losses.flatMap(({ back }) => (back !== null && back >= from && back < to ? [back] : [])),
      ...gone.flatMap(({ back }) => back ?? []),
      ...lost.flatMap(({ next }) => next ?? []),
    ];
    const isWhole = missing === 0 && lost.every(({ next }) => next !== null) && mended.length > 0;
    return {
      cause,
      at: from,
      gone: gone
        .slice(0, MOST_PREFIXES)
        .map(({ change, back }): GonePrefix => ({ ...this.#prefix(change), back })),
      moved: of('moved')
        .slice(0, MOST_PREFIXES)
        .map((change) => this.#prefix(change)),
      refused: of('refused')
        .slice(0, MOST_PREFIXES)
        .map((change) => this.#prefix(change)),
      more: lists.reduce((sum, { length }) => sum + Math.max(0, length - MOST_PREFIXES), 0),
      came: of('came').length,
      gateways: this.#gateways.all.filter(isIn),
      lost,
      sent: packets.filter(isIn).length,
      missing,
      missingBefore,
      whole: isWhole ? Math.max(...mended) : null,
    };
  }

  #prefix({ prefix, speaker, at, text }: RouteChange): ChangedPrefix {
    return { prefix: formatPrefix(prefix), words: evpnWords(prefix, undefined), speaker, at, text };
  }

  #lost(packets: readonly PacketFate[], from: number, to: number): readonly LostPackets[] {
    const flows = new Map<string, PacketFate[]>();
    for (const packet of packets) {
      const key = [packet.from, packet.destination, packet.kind].join(' ');
      const flow = flows.get(key);
      if (flow) flow.push(packet);
      else flows.set(key, [packet]);
    }
    const { recorder } = this.#world;
    return [...flows.values()].flatMap((flow): LostPackets[] => {
      const sent = flow.filter(({ at }) => at >= from && at < to);
      const lost = sent.filter(({ arrivals }) => arrivals === 0);
      const [first, last] = [lost[0], lost.at(-1)];
      const run = first && recorder.run(first.run);
      if (!first || !last || !run || first.drop?.what.kind !== 'dropped') return [];
      return [
        {
          source: flow.find(({ source }) => source !== '')?.source ?? '',
          destination: first.destination,
          kind: first.kind,
          from: first.from,
          lost: lost.length,
          sent: sent.length,
          first: first.at,
          last: last.at,
          next: flow.find(({ at, arrivals }) => at > last.at && arrivals > 0)?.at ?? null,
          drop: {
            run: first.run,
            step: positionOf(run, first.drop.id),
            where: first.drop.where,
            reason: first.drop.what.reason,
          },
        },
      ];
    });
  }
}

/** Each prefix that went, with the moment at which its speaker had it again. */
function lossesOf(changes: readonly RouteChange[]): readonly Loss[] {
  const losses: Loss[] = [];
  const open = new Map<string, Loss>();
  for (const change of changes) {
    const key = `${change.speaker} ${routeKey(change.prefix)}`;
    if (change.kind === 'went') {
      const loss: Loss = { change, back: null };
      losses.push(loss);
      open.set(key, loss);
    } else if (change.kind === 'came') {
      const loss = open.get(key);
      if (loss) loss.back = change.at;
      open.delete(key);
    }
  }
  return losses;
}
