/** What bgpd logs of sessions: `debug bgp neighbor-events` and `keepalives`, and `bgp log-neighbor-changes`. */
import { formatIpv4 } from '../../base/address.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { formatAddress } from '../prefix.ts';
import { familyOf } from './message/family.table.ts';
import { OctetReader } from './message/octet-reader.ts';
import type { Notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import { notificationText, RESET_TEXT } from './reset-text.ts';
import type { SessionState } from './peer.ts';
import type { SessionData } from './session-data.ts';
import type { SessionEvent } from './session-history.ts';
import type { Speaker } from './speaker.ts';

/** Names of capabilities by their code (`capcode_str`). */
const CAPABILITIES: Readonly<Record<number, string>> = {
  1: 'MultiProtocol Extensions',
  2: 'Route Refresh',
  5: 'Extended Next Hop Encoding',
  6: 'BGP Extended Message',
  64: 'Graceful Restart',
  65: '4-octet AS number',
  66: 'Dynamic (Old)',
  67: 'Dynamic',
  69: 'AddPath',
  70: 'Enhanced Route Refresh',
  71: 'Long-lived BGP Graceful Restart',
  73: 'FQDN',
  128: 'Route Refresh (Old)',
};

const CAPABILITY_PARAMETER = 2;

/** `IPv4/unicast`. */
const familyWords = (afi: number, safi: number): string => {
  const family = familyOf(afi, safi);
  return family === undefined ? 'unknown-afi/unknown-safi' : FAMILY_PAIR[family];
};

const FAMILY_PAIR: Readonly<Record<BgpFamily, string>> = {
  'ipv4-unicast': 'IPv4/unicast',
  'ipv6-unicast': 'IPv6/unicast',
  'ipv4-vpn': 'IPv4/vpn',
  'ipv6-vpn': 'IPv6/vpn',
  'l2vpn-evpn': 'l2vpn/evpn',
};

/** A neighbour with the name that it gave: `10.0.0.2(r2)`. */
export const named = ({ name, hostname, receivedCapabilities }: Neighbour): string =>
  `${name}(${(receivedCapabilities?.hostname ?? hostname)?.host ?? 'Unknown'})`;

export class SessionLog {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;

  constructor(speaker: Speaker, neighbour: Neighbour) {
    this.#speaker = speaker;
    this.#neighbour = neighbour;
  }

  get #followsEvents(): boolean {
    return this.#speaker.host.log.wants('bgp neighbor-events');
  }

  #say(id: string, text: string): void {
    this.#speaker.host.log.debug(id, `${this.#neighbour.name} ${text}`);
  }

  /** Something happened that leads to another state. */
  event(session: SessionData, event: SessionEvent, to: SessionState): void {
    if (session.state === to || !this.#followsEvents) return;
    this.#say('ZWCSR-M7FG9', `[FSM] ${event} (${session.state}->${to}), fd ${session.descriptor}`);
  }

  /** The session is in another state. */
  moved(from: SessionState, to: SessionState): void {
    if (this.#followsEvents) {
      const { vrf, vrfId, peers, host } = this.#speaker;
      const established = [...peers.values()].filter((one) => one.isEstablished).length;
      host.log.debug(
        'T91AW-FGMHW',
        `bgp_fsm_change_status : vrf ${vrf}(${vrfId ?? -1}), Status: ${to} established_peers ${established}`,
      );
      this.#say('ZQHFG-DQGX1', `went from ${from} to ${to}`);
    }
    if (from === 'Established') this.#changed('Down', ` ${RESET_TEXT[this.#neighbour.lastReset.reason]}`);
    if (to === 'Established') this.#changed('Up', '');
  }

  #changed(direction: 'Up' | 'Down', why: string): void {
    const { vrf, config, host } = this.#speaker;
    if (config.options.logNeighborChanges !== true) return;
    const id = direction === 'Up' ? 'N9HHH-F8H1M' : 'PXVXG-TFNNT';
    host.log.info(id, `%ADJCHANGE: neighbor ${named(this.#neighbour)} in vrf ${vrf} ${direction}${why}`);
  }

  /** The way to the neighbour is not known yet. */
  waiting(): void {
    if (this.#followsEvents) this.#say('T72VK-55DVG', '[FSM] Waiting for NHT');
  }

  /** A connection is asked for. */
  connecting(session: SessionData): void {
    const { address } = this.#neighbour;
    if (address === null || !this.#followsEvents) return;
    this.#say('Z195V-FNKRK', `[Event] Connect start to ${formatAddress(address)} fd ${session.descriptor}`);
  }

  /** The neighbour asked for a connection. */
  accepted(session: SessionData): void {
    const remote = session.tcp?.remote.address;
    if (remote === undefined || !this.#followsEvents) return;
    this.#speaker.host.log.debug(
      'YTARA-Q9ZD1',
      `[Event] BGP connection from host ${formatAddress(remote)} fd ${session.descriptor}`,
    );
  }

  /** A connection stands. */
  opened(session: SessionData): void {
    if (!this.#followsEvents) return;
    const local = session.tcp?.local;
    if (session.accepted) this.#say('WECS1-Q4P17', 'passive open');
    else if (local != null)
      this.#say('RWZTG-AA74G', `open active, local address ${formatAddress(local.address)}`);
  }

  openSent(session: SessionData, asn: number): void {
    if (!this.#followsEvents) return;
    this.#say(
      'XKJ09-9VTZ7',
      `Sending hostname cap with hn = ${this.#speaker.host.config.hostname}, dn = (null)`,
    );
    const { configuredHoldTime } = this.#neighbour;
    this.#say(
      'JFFAN-DEGED',
      `sending OPEN, version 4, my as ${asn}, holdtime ${configuredHoldTime}, id ${formatIpv4(session.localRouterId)}`,
    );
  }

  /** An OPEN came; its body may be damaged anywhere. */
  openReceived(body: Uint8Array): void {
    if (!this.#followsEvents) return;
    const octets = new OctetReader(body);
    if (!octets.has(10)) return;
    const version = octets.u8();
    const asn = octets.u16();
    const holdTime = octets.u16();
    const id = formatIpv4(octets.u32());
    const size = octets.u8();
    this.#say(
      'WNM1E-D314G',
      `rcv OPEN, version ${version}, remote-as (in open) ${asn}, holdtime ${holdTime}, id ${id}`,
    );
    if (size > 0) this.#say('QG29C-5TSVS', `rcv OPEN w/ OPTION parameter len: ${size}`);
    while (octets.has(2)) {
      const type = octets.u8();
      const length = octets.u8();
      if (!octets.has(length)) return;
      const name = type === CAPABILITY_PARAMETER ? 'Capability' : 'Unknown';
      this.#say('NVZPF-5ST3B', `rcvd OPEN w/ optional parameter type ${type} (${name}) len ${length}`);
      const parameter = octets.part(length);
      if (type === CAPABILITY_PARAMETER) this.#capabilities(parameter);
    }
  }

  #capabilities(octets: OctetReader): void {
    while (octets.has(2)) {
      const code = octets.u8();
      const length = octets.u8();
      if (!octets.has(length)) return;
      this.#say(
        'SCW43-WN4M1',
        `OPEN has ${CAPABILITIES[code] ?? 'Unknown'} capability (${code}), length ${length}`,
      );
      this.#capability(code, octets.part(length));
    }
  }

  #capability(code: number, value: OctetReader): void {
    switch (code) {
      case 1: {
        if (!value.has(4)) return;
        const afi = value.u16();
        value.u8();
        const family = familyWords(afi, value.u8());
        this.#say('VXVH9-3MXR0', `OPEN has MultiProtocol Extensions capability for afi/safi: ${family}`);
        return;
      }
      case 64: {
        if (!value.has(2)) return;
        const head = value.u16();
        const restarted = (head & 0x8000) === 0 ? ' not ' : ' ';
        const knowsNotifications = (head & 0x4000) === 0 ? 'no' : 'yes';
        this.#say(
          'KDY57-R1CN0',
          `Peer has${restarted}restarted. Restart Time: ${head & 0xfff}, N-bit set: ${knowsNotifications}`,
        );
        return;
      }
      case 69:
        while (value.has(4)) {
          const family = familyWords(value.u16(), value.u8());
          const directions = value.u8();
          const words = [...(directions & 1 ? [', receive'] : []), ...(directions & 2 ? [', transmit'] : [])];
          this.#say('SBSKM-G6QBW', `OPEN has AddPath capability for afi/safi: ${family}${words.join('')}`);
        }
        return;
      case 73: {
        const text = (): string => {
          const size = value.has(1) ? value.u8() : 0;
          return value.has(size) ? decodeUtf8(value.bytes(size)) : '';
        };
        const host = text();
        this.#say('MR6EG-NS6N7', `received hostname ${host}, domainname ${text() || '(null)'}`);
        return;
      }
      default:
    }
  }

  endOfRibSent(family: string): void {
    if (this.#followsEvents)
      this.#speaker.host.log.debug('ZP3RE-J4Q8C', `send End-of-RIB for ${family} to ${this.#neighbour.name}`);
  }

  keepalive(direction: 'sent' | 'received'): void {
    if (!this.#speaker.host.log.wants('bgp keepalives')) return;
    if (direction === 'sent') this.#say('HRDT0-0DPQ7', 'sending KEEPALIVE');
    else this.#say('X61A3-E95TJ', 'KEEPALIVE rcvd');
  }

  notification(direction: 'sent to' | 'received from', message: Notification, isHard: boolean): void {
    if (!this.#followsEvents && this.#speaker.config.options.logNeighborChanges !== true) return;
    const { code, subcode, data } = message;
    const octets = [...data].map((octet) => `${octet.toString(16).padStart(2, '0')} `).join('');
    this.#speaker.host.log.info(
      'HZN6M-XRM1G',
      `%NOTIFICATION${isHard ? '(Hard Reset)' : ''}: ${direction} neighbor ${this.#neighbour.name} ${code}/${subcode} (${notificationText(message)}) ${data.length} bytes ${octets}`,
    );
  }
}
