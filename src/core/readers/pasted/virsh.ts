/** `virsh domiflist`, one table or the tables of a loop over guests, and `virsh list`. */
import type { OutputReader, PastedDomainInterface, PastedFact } from './output.ts';

const HEADER = /^\s*Interface\s+Type\s+Source\s+Model\s+MAC\s*$/;
const ROW = /^\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+([\da-f]{2}(?::[\da-f]{2}){5})\s*$/i;

/** The guests that the command names: one, or the words of `for i in ...; do virsh domiflist $i; done`. */
function domainsOf(command: string | null): readonly string[] {
  const loop = /^for\s+(\w+)\s+in\s+([^;]+);\s*do\s+.*\bvirsh\s+domiflist\s+\$\{?(\w+)\}?/.exec(
    command ?? '',
  );
  if (loop && loop[1] === loop[3]) return (loop[2] ?? '').trim().split(/\s+/);
  const one = /\bvirsh\s+domiflist\s+(?:--domain[= ])?([\w.-]+)/.exec(command ?? '');
  return one?.[1] === undefined ? [] : [one[1]];
}

export const readDomainInterfaces: OutputReader = ({ host, command, lines }, problem) => {
  const tables: PastedDomainInterface[][] = [];
  lines.forEach((line, at) => {
    if (HEADER.test(line)) {
      tables.push([]);
      return;
    }
    const row = ROW.exec(line);
    const [, tap = '', type = '', source = '', model = '', mac = ''] = row ?? [];
    if (row)
      tables.at(-1)?.push({ tap: tap === '-' ? null : tap, type, source, model, mac: mac.toLowerCase() });
    else if (tables.length > 0 && line.trim() !== '' && !/^\s*-+\s*$/.test(line))
      problem(at, `this is no row of virsh domiflist: ${line.trim()}`);
  });
  if (tables.length === 0) return undefined;
  const domains = domainsOf(command);
  return tables.map((interfaces, at): PastedFact => ({
    kind: 'domain-interfaces',
    host,
    domain: domains[at] ?? null,
    interfaces,
  }));
};

const LIST = /^Id\s+Name\s+State\s*$/;
const DOMAIN = /^(\d+|-)\s+(\S+)\s+(\S.*?)\s*$/;

export const readDomains: OutputReader = ({ host, lines }, problem) => {
  const start = lines.findIndex((line) => LIST.test(line.trim()));
  if (start < 0) return undefined;
  const domains = lines.slice(start + 1).flatMap((line, index) => {
    if (line.trim() === '' || /^\s*-{5,}\s*$/.test(line)) return [];
    const [, , name, state] = DOMAIN.exec(line.trim()) ?? [];
    if (name === undefined) {
      problem(start + 1 + index, `this is no row of virsh list: ${line.trim()}`);
      return [];
    }
    return [{ name, shutOff: state === 'shut off' || state === 'crashed' }];
  });
  return [{ kind: 'domains', host, domains }];
};
