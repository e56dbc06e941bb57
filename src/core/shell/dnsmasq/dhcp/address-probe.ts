/** Whether something answers at an address before it is given away: one echo request, three seconds (dnsmasq(8), `--no-ping`). */
import type { Context } from '../../../base/context.ts';
import type { Kernel } from '../../../linux/index.ts';
import { sendIp } from '../../../linux/ip-protocol.ts';
import { IPPROTO } from '../../../linux/ip4/packet.ts';
import { record } from '../../../linux/recording.ts';
import { checksumOf, sumOctets } from '../../../wire/checksum.ts';
import { writeU16 } from '../../../wire/octets.ts';
import type { Availability } from './pool.ts';

const SECOND = 1e9;
const WAIT = 3 * SECOND;
/** An address that was free is taken to be so for this long. */
const REMEMBERED = 30 * SECOND;
const MOST_REMEMBERED = 64;
const ECHO_REQUEST = 8;
/** The header and twenty octets of zeros. */
const SIZE = 28;

interface Site {
  readonly kernel: Kernel;
  readonly namespace: string;
  readonly context: Context;
}

export class AddressProbe {
  readonly #site: Site;
  readonly #done: (inUse: boolean) => void;
  readonly #free = new Map<number, number>();
  readonly #used = new Set<number>();
  #end: (() => void) | null = null;

  /** `done` is called when an address that was asked about is known. */
  constructor(site: Site, done: (inUse: boolean) => void) {
    this.#site = site;
    this.#done = done;
  }

  /** What is known of an address; asks the wire about one that is not. */
  state(address: number): Availability {
    if (this.#used.has(address)) return 'used';
    const now = this.#site.context.clock.now();
    if ((this.#free.get(address) ?? -Infinity) > now - REMEMBERED) return 'free';
    if (this.#end === null) this.#ask(address);
    return 'asking';
  }

  /** Addresses in use are asked about again the next time. */
  forgetUsed(): void {
    this.#used.clear();
  }

  close(): void {
    this.#end?.();
    this.#end = null;
  }

  #ask(address: number): void {
    const { kernel, namespace, context } = this.#site;
    const net = kernel.namespace(namespace);
    const { clock, recorder } = context;
    const id = context.random.fork(`dnsmasq ping ${address} ${clock.now()}`).below(0x10000);
    const finish = (inUse: boolean): void => {
      this.close();
      if (inUse) this.#used.add(address);
      else {
        if (this.#free.size >= MOST_REMEMBERED) this.#free.clear();
        this.#free.set(address, clock.now());
      }
      this.#done(inUse);
    };
    const closeSocket = net.sockets.open({
      protocol: 'icmp',
      family: 4,
      port: id,
      local: null,
      remote: BigInt(address),
      remotePort: null,
      ifindex: null,
      program: 'dnsmasq',
      receive: () => finish(true),
    });
    const cancel = clock.after(WAIT, () => finish(false));
    this.#end = () => {
      closeSocket();
      cancel();
    };
    const message = new Uint8Array(SIZE);
    message[0] = ECHO_REQUEST;
    writeU16(message, 4, id);
    writeU16(message, 2, checksumOf(sumOctets(message, 0, SIZE, 0)));
    sendIp(
      kernel.stack,
      net,
      {
        family: 4,
        protocol: IPPROTO.icmp,
        local: 0n,
        remote: BigInt(address),
        payload: () => message,
        originated: (octets) => {
          const what = { kind: 'originated', program: 'dnsmasq', text: 'ICMP echo request' } as const;
          return record(net, null, what, octets, null, [], recorder);
        },
      },
      null,
    );
  }
}
