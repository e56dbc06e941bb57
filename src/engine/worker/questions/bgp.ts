/** What a BGP speaker knows and said: its table with every path, and both ends of a session with their messages. */
import type { World } from '../../../core/sim/index.ts';
import { prefixView, sessionView, type MessageView } from '../../../core/frr/view/router-view.ts';
import { encodeIpv4, encodeTcp, IP_PROTOCOL, printFrame, TCP_FLAG } from '../../../core/wire/index.ts';
import type { BgpMessage, BgpSessionDetail, BgpTablePage } from '../../questions/bgp.ts';
import { findSpeakers, routingSnapshot } from '../routing-snapshot.ts';

const MOST_PREFIXES = 500;
const BGP_PORT = 179;
const OCTETS_BEFORE_ETHERTYPE = 12;

const FAMILIES = { 4: 'ipv4-unicast', 6: 'ipv6-unicast', evpn: 'l2vpn-evpn' } as const;

export function bgpTable(
  world: World,
  speaker: string,
  family: 4 | 6 | 'evpn',
  search: string,
): BgpTablePage {
  const found = findSpeakers(world).find(({ snapshot }) => snapshot.id === speaker);
  if (!found) return { total: 0, prefixes: [] };
  const name = FAMILIES[family];
  const word = search.trim();
  const matching = found.instance
    .rib(name)
    .sorted()
    .filter(({ paths }) => paths.length > 0)
    .flatMap(({ key }) => {
      if (word === '' || key.includes(word)) return [key];
      const view = prefixView(found.instance, name, key);
      return view?.paths.some(
        ({ nextHop, asPath, from }) =>
          nextHop.includes(word) || asPath.split(' ').includes(word) || from?.includes(word) === true,
      )
        ? [key]
        : [];
    });
  return {
    total: matching.length,
    prefixes: matching.slice(0, MOST_PREFIXES).flatMap((key) => prefixView(found.instance, name, key) ?? []),
  };
}

export function bgpSession(world: World, id: string): readonly BgpSessionDetail[] {
  const session = routingSnapshot(world)?.sessions.find((one) => one.id === id);
  const speakers = findSpeakers(world);
  return [session?.near, session?.far].flatMap((end) => {
    const peer = speakers
      .find(({ snapshot }) => snapshot.id === end?.speaker)
      ?.instance.peers.get(end?.neighbour ?? '');
    if (!end || !peer) return [];
    const { messages, ...view } = sessionView(peer, world.clock.now());
    return [{ speaker: end.speaker, view, messages: messages.map(inWords) }];
  });
}

function inWords({ at, direction, type, octets }: MessageView): BgpMessage {
  return { at, direction, type, octets, lines: messageLines(octets) };
}

/** tcpdump's words for a message: what it would print of a segment that holds nothing else. */
export function messageLines(octets: Uint8Array): readonly string[] {
  const ends = { source: 0, destination: 0 };
  const segment = encodeTcp(
    {
      sourcePort: BGP_PORT,
      destinationPort: BGP_PORT,
      sequence: 0,
      acknowledgement: 0,
      flags: TCP_FLAG.ack,
      window: 0,
      options: new Uint8Array(),
    },
    octets,
    { family: 4, ...ends },
  );
  const packet = encodeIpv4({ ...ends, protocol: IP_PROTOCOL.tcp, ttl: 1, dontFragment: true }, segment);
  const frame = new Uint8Array(OCTETS_BEFORE_ETHERTYPE + 2 + packet.length);
  frame.set([0x08, 0x00], OCTETS_BEFORE_ETHERTYPE);
  frame.set(packet, OCTETS_BEFORE_ETHERTYPE + 2);
  const [, ...lines] = printFrame(frame, { verbose: 2, numeric: true }).split(/\n\t(?=\S)/);
  return lines
    .join('\n')
    .split('\n')
    .map((line) => line.replace(/^\t/, '').replaceAll('\t', '  ').trimEnd());
}
