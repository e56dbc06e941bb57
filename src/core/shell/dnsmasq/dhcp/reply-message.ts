/** A DHCP server's answer while it is written: options, and where they go when there is no room (RFC 2131, 4.1). */
import { concatBytes } from '../../../base/bytes.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../../wire/octets.ts';
import { COOKIE, FIXED_SIZE, type ClientMessage } from './client-message.ts';
import { DHCP_OPTION } from '../../../wire/index.ts';

const LEAST_SIZE = 300;
const LARGEST = 16_384;
/** A message without a size of its own: 312 octets of options. */
const USUAL_SIZE = FIXED_SIZE + 312;
const IP_AND_UDP = 28;
const SERVER_NAME = { at: 44, size: 64 } as const;
const BOOT_FILE = { at: 108, size: 128 } as const;
const END_SIZE = 1;

export interface SentOption {
  readonly code: number;
  readonly value: Uint8Array;
}

const encoded = ({ code, value }: SentOption): Uint8Array =>
  concatBytes([Uint8Array.of(code, value.length), value]);

const sizeOf = (options: readonly SentOption[]): number =>
  options.reduce((size, { value }) => size + 2 + value.length, 0);

export class ReplyMessage {
  readonly #fixed: Uint8Array;
  readonly #most: number;
  readonly #agent: Uint8Array | null;
  readonly #options: SentOption[] = [];
  readonly #inFile: SentOption[] = [];
  readonly #inServerName: SentOption[] = [];
  #mayOverload = true;
  bootFile = '';
  serverName = '';
  nextServer = 0;

  /** Everything that is not set here is as the client sent it. */
  constructor(request: ClientMessage) {
    this.#fixed = request.octets.slice(0, FIXED_SIZE);
    this.#fixed[0] = 2;
    writeU32(this.#fixed, 12, request.ownAddress);
    writeU32(this.#fixed, 16, 0);
    const asked = request.option(DHCP_OPTION.largestMessage, 2);
    const size = asked ? readU16(asked, 0) - IP_AND_UDP : USUAL_SIZE;
    const agent = request.option(DHCP_OPTION.agent, 1);
    this.#agent = agent ? encoded({ code: DHCP_OPTION.agent, value: agent }) : null;
    this.#most = Math.min(LARGEST, Math.max(USUAL_SIZE, size)) - (this.#agent?.length ?? 0);
  }

  set yourAddress(address: number) {
    writeU32(this.#fixed, 16, address);
  }

  /** Where it is sent to is told by these: the client's own address, the one that it is given, the relay's. */
  get clientAddress(): number {
    return readU32(this.#fixed, 12);
  }

  get yourAddress(): number {
    return readU32(this.#fixed, 16);
  }

  forgetClientAddress(): void {
    writeU32(this.#fixed, 12, 0);
  }

  /** The client is to be reached by broadcast. */
  setBroadcast(): void {
    writeU16(this.#fixed, 10, readU16(this.#fixed, 10) | 0x8000);
  }

  /** File and server name hold no options. */
  keepFields(): void {
    this.#mayOverload = false;
  }

  get isBroadcast(): boolean {
    return (readU16(this.#fixed, 10) & 0x8000) !== 0;
  }

  /** The options where they were put, in the order in which they are told: file, server name, the rest. */
  get sent(): readonly SentOption[] {
    return [...this.#inFile, ...this.#inServerName, ...this.#withOverload()];
  }

  #withOverload(): readonly SentOption[] {
    const bits = (this.#inFile.length > 0 ? 1 : 0) | (this.#inServerName.length > 0 ? 2 : 0);
    return bits === 0
      ? this.#options
      : [...this.#options, { code: DHCP_OPTION.overload, value: Uint8Array.of(bits) }];
  }

  /** Adds an option; false when there is no room for it. */
  put(code: number, value: Uint8Array): boolean {
    const option = { code, value };
    const size = 2 + value.length;
    const used = FIXED_SIZE + 4 + sizeOf(this.#options);
    const reserved = this.#mayOverload ? 3 : 0;
    if (used + size + END_SIZE < this.#most - reserved) this.#options.push(option);
    else if (
      this.#mayOverload &&
      this.bootFile === '' &&
      sizeOf(this.#inFile) + size + END_SIZE < BOOT_FILE.size
    )
      this.#inFile.push(option);
    else if (
      this.#mayOverload &&
      this.serverName === '' &&
      sizeOf(this.#inServerName) + size + END_SIZE < SERVER_NAME.size
    )
      this.#inServerName.push(option);
    else return false;
    return true;
  }

  /** The message's octets. */
  finish(): Uint8Array {
    const fixed = this.#fixed;
    const field = (
      { at, size }: { readonly at: number; readonly size: number },
      text: string,
      options: readonly SentOption[],
    ): void => {
      fixed.fill(0, at, at + size);
      const octets =
        options.length > 0
          ? concatBytes([...options.map(encoded), Uint8Array.of(DHCP_OPTION.end)])
          : encodeUtf8(text).subarray(0, size - 1);
      fixed.set(octets, at);
    };
    field(SERVER_NAME, this.serverName, this.#inServerName);
    field(BOOT_FILE, this.bootFile, this.#inFile);
    writeU32(fixed, 20, this.nextServer);
    const cookie = new Uint8Array(4);
    writeU32(cookie, 0, COOKIE);
    const whole = concatBytes([
      fixed,
      cookie,
      ...this.#withOverload().map(encoded),
      ...(this.#agent ? [this.#agent] : []),
      Uint8Array.of(DHCP_OPTION.end),
    ]);
    return concatBytes([whole, new Uint8Array(Math.max(0, LEAST_SIZE - whole.length))]);
  }
}
