/** What dnsmasq writes of a transaction: a line for each message, and with `--log-dhcp` what is in it. */
import { formatIpv4, formatMac } from '../../../base/address.ts';
import type { ClientMessage } from './client-message.ts';
import { sentText } from './option-text.ts';
import type { ReplyMessage } from './reply-message.ts';
import type { DhcpSettings } from './settings.ts';
import type { Tags } from './tags.ts';

export class TransactionLog {
  readonly #settings: DhcpSettings;
  readonly #say: (text: string) => void;

  constructor(settings: DhcpSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** A line of its own. */
  say(text: string): void {
    this.#say(text);
  }

  /** Said with `--log-dhcp` alone. */
  detail(message: ClientMessage, text: string): void {
    if (this.#settings.logsOptions) this.#say(`${message.transaction} ${text}`);
  }

  /** `DHCPACK(tap0) 10.0.0.12 02:00:00:00:01:01 name`. */
  packet(
    { message, device }: { readonly message: ClientMessage; readonly device: string },
    type: string,
    address: number | null,
    rest = '',
    isError = false,
  ): void {
    const { quiet, logsOptions } = this.#settings;
    if (!isError && quiet && !logsOptions) return;
    const ip = address === null ? '' : `${formatIpv4(address)} `;
    const text = `${type}(${device}) ${ip}${formatMac(message.hardware)} ${rest}`;
    this.#say(logsOptions ? `${message.transaction} ${text}` : text);
  }

  tags(message: ClientMessage, tags: Tags): void {
    const once = tags.filter((tag, at) => tags.indexOf(tag) === at);
    if (once.length > 0) this.detail(message, `tags: ${once.join(', ')}`);
  }

  /** What is in an answer. */
  answer(message: ClientMessage, reply: ReplyMessage): void {
    if (reply.bootFile !== '') this.detail(message, `bootfile name: ${reply.bootFile}`);
    if (reply.serverName !== '') this.detail(message, `server name: ${reply.serverName}`);
    if (reply.nextServer !== 0) this.detail(message, `next server: ${formatIpv4(reply.nextServer)}`);
    if (reply.isBroadcast && message.ownAddress === 0) this.detail(message, 'broadcast response');
    for (const { code, value } of reply.sent) this.detail(message, sentText(code, value));
  }
}
