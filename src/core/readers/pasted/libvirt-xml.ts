/** `virsh dumpxml` and `virsh net-dumpxml`: guests with their NICs, networks with their bridges. */
import { parseIpv4 } from '../../base/address.ts';
import type { OutputReader, PastedDomainInterface, PastedFact } from './output.ts';

const NAME = /<name>\s*([^<]*?)\s*<\/name>/;

/** The elements of a name, each from its opening to its end. */
const elements = (text: string, name: string): readonly string[] =>
  text.match(new RegExp(`<${name}\\b[^>]*?/>|<${name}\\b[^]*?</${name}>`, 'g')) ?? [];

/** An attribute of the first element of a name; undefined when there is none. */
function attribute(text: string, element: string, name: string): string | undefined {
  const [tag] = new RegExp(`<${element}\\b[^>]*>`).exec(text) ?? [];
  const found = new RegExp(`\\b${name}=(?:'([^']*)'|"([^"]*)")`).exec(tag ?? '');
  return found?.[1] ?? found?.[2];
}

function interfaceOf(text: string): PastedDomainInterface | undefined {
  const mac = attribute(text, 'mac', 'address')?.toLowerCase();
  if (mac === undefined) return undefined;
  const type = attribute(text, 'interface', 'type') ?? '';
  return {
    tap: attribute(text, 'target', 'dev') ?? null,
    type,
    source: attribute(text, 'source', type) ?? attribute(text, 'source', 'bridge') ?? '-',
    model: attribute(text, 'model', 'type') ?? '-',
    mac,
  };
}

/** Bits of a prefix from `prefix=` or `netmask=`. */
function lengthOf(text: string): number | undefined {
  const prefix = attribute(text, 'ip', 'prefix');
  if (prefix !== undefined && /^\d{1,3}$/.test(prefix)) return Number(prefix);
  const mask = parseIpv4(attribute(text, 'ip', 'netmask') ?? '');
  if (mask === undefined) return undefined;
  const length = Math.clz32(~mask);
  // A netmask with a hole is none.
  return length === 32 || (mask << length) >>> 0 === 0 ? length : undefined;
}

function networkFacts(host: string | null, text: string): readonly PastedFact[] {
  const bridge = attribute(text, 'bridge', 'name') ?? attribute(text, 'source', 'bridge');
  if (bridge === undefined) return [];
  const addresses = elements(text, 'ip').flatMap((ip) => {
    const address = attribute(ip, 'ip', 'address');
    const length = lengthOf(ip);
    return address === undefined || length === undefined ? [] : [`${address}/${length}`];
  });
  const mac = attribute(text.replace(/<ip\b[^]*/, ''), 'mac', 'address')?.toLowerCase() ?? null;
  const stp = attribute(text, 'bridge', 'stp');
  const told = { name: bridge, mac, stp: stp === undefined ? null : stp === 'on', ports: [], addresses };
  return [{ kind: 'virtual-network', host, name: NAME.exec(text)?.[1] ?? bridge, bridge: told }];
}

export const readLibvirtXml: OutputReader = ({ host, lines }, problem) => {
  const text = lines.join('\n');
  const start = lines.findIndex((line) => /<(?:domain|network)\b/.test(line));
  if (start < 0) return undefined;
  const facts = [
    ...elements(text, 'domain')
      .filter((domain) => NAME.test(domain))
      .map((domain): PastedFact => {
        // A guest has an id as long as it runs.
        const isRunning = attribute(domain, 'domain', 'id') !== undefined;
        return {
          kind: 'domain-interfaces',
          host,
          domain: NAME.exec(domain)?.[1] ?? null,
          interfaces: elements(domain, 'interface').flatMap((one) => {
            const told = interfaceOf(one);
            return told === undefined ? [] : [isRunning ? told : { ...told, tap: null }];
          }),
        };
      }),
    ...elements(text, 'network')
      .filter((network) => NAME.test(network))
      .flatMap((network) => networkFacts(host, network)),
  ];
  if (facts.length === 0) problem(start, 'this XML has no end, or no name: nothing is read of it');
  return facts;
};
