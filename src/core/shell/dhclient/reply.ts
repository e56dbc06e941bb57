/** Answers of DHCP servers as dhclient reads them. */
import { decode, DHCP_OPTION, findLayer } from '../../wire/index.ts';
import { readU32 } from '../../wire/octets.ts';

export interface Reply {
  readonly type: number;
  readonly address: number;
  readonly server: number;
  readonly serverName: string;
  readonly bootFile: string;
  /** In the order of the message. */
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** Reads a frame that is an answer to `transaction` of `mac`. */
export function readReply(frame: Uint8Array, transaction: number, mac: bigint): Reply | undefined {
  const layer = findLayer(decode(frame), 'dhcp');
  if (layer === undefined || layer.operation !== 'reply') return undefined;
  if (layer.transactionId !== transaction || layer.clientMac !== mac) return undefined;
  const options = new Map(layer.options.map(({ code, value }) => [code, value]));
  const server = options.get(54);
  return {
    type: options.get(DHCP_OPTION.messageType)?.[0] ?? 0,
    address: layer.yourAddress,
    server: server?.length === 4 ? readU32(server, 0) : 0,
    serverName: layer.serverName,
    bootFile: layer.bootFile,
    options,
  };
}

/** A span of time that an option holds. */
export const secondsOf = (options: ReadonlyMap<number, Uint8Array>, code: number): number | undefined => {
  const value = options.get(code);
  return value?.length === 4 ? readU32(value, 0) : undefined;
};
