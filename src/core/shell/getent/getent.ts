/** `getent` of glibc 2.36 for hosts: names and addresses as programs of the machine find them. */
import { formatIp, parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import { deferred } from '../deferred.ts';
import type { Resolver } from '../dns/resolver.ts';
import { parseHosts } from '../name-service.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';

export interface GetentHost {
  readonly resolver: Resolver;
  readFile(path: string): string | undefined;
}

const TRY = "Try `getent --help' or `getent --usage' for more information.\n";
const NOT_FOUND = 2;
const ADDRESS_WIDTH = 15;
const NOTHING = (): void => undefined;
/** Databases that the real one has; of these, those of hosts are here. */
const OTHERS: readonly string[] =
  `aliases ethers group gshadow initgroups netgroup networks passwd protocols rpc
  services shadow`
    .trim()
    .split(/\s+/);
const SOCKET_TYPES = ['STREAM', 'DGRAM', 'RAW'] as const;

const line = ({ family, address }: IpAddress, names: readonly string[]): string =>
  `${formatIp(family, address).padEnd(ADDRESS_WIDTH)} ${names.join(' ')}\n`;

/** What one key brings; null = nothing. */
type Done = (text: string | null) => void;

/** `hosts`: an address by its name, a name first by its IPv6 addresses. */
function hostEntry(resolver: Resolver, key: string, done: Done): () => void {
  const address = parseIp(key);
  if (address !== undefined)
    return resolver.nameOf(address, (name) => done(name === null ? null : line(address, [name])));
  let cancel = NOTHING;
  const ask = (family: Family): void => {
    cancel = resolver.lookUp(key, family, (answer) => {
      if (answer.kind === 'found') done(answer.addresses.map((one) => line(one, answer.names)).join(''));
      else if (family === 6) ask(4);
      else done(null);
    });
  };
  ask(6);
  return () => cancel();
}

/** `::ffff:10.0.0.8`, as an IPv4 address is written where only IPv6 ones are wanted. */
const mapped = ({ address }: IpAddress): string => `::ffff:${formatIp(4, address)}`;

/** `ahosts`, `ahostsv4`, `ahostsv6`: a line for each address and kind of socket. */
function addressEntries(resolver: Resolver, key: string, family: Family | null, done: Done): () => void {
  const show = (addresses: readonly IpAddress[], name: string): string =>
    addresses
      .flatMap((one, index) =>
        SOCKET_TYPES.map((type, at) => {
          const text = family === 6 && one.family === 4 ? mapped(one) : formatIp(one.family, one.address);
          const canonical = index === 0 && at === 0 ? name : '';
          return `${text.padEnd(ADDRESS_WIDTH)} ${type.padEnd(6)} ${canonical}\n`;
        }),
      )
      .join('');
  const literal = parseIp(key);
  if (literal !== undefined) {
    done(family === 4 && literal.family === 6 ? null : show([literal], key));
    return NOTHING;
  }
  let cancel = NOTHING;
  const ask = (of: Family | null): void => {
    cancel = resolver.lookUp(key, of, (answer) => {
      if (answer.kind === 'found') done(show(answer.addresses, answer.names[0] ?? key));
      else if (family === 6 && of === 6) ask(4);
      else done(null);
    });
  };
  ask(family);
  return () => cancel();
}

const ENTRIES: Readonly<Record<string, (resolver: Resolver, key: string, done: Done) => () => void>> = {
  hosts: hostEntry,
  ahosts: (resolver, key, done) => addressEntries(resolver, key, null, done),
  ahostsv4: (resolver, key, done) => addressEntries(resolver, key, 4, done),
  ahostsv6: (resolver, key, done) => addressEntries(resolver, key, 6, done),
};

/** `argv[0]` is the program's name. */
export function getent(invocation: Invocation<GetentHost>): Exit | RunningProgram {
  const { argv, output, host } = invocation;
  const [database, ...keys] = argv.slice(1);
  if (database === undefined) {
    output.err(`getent: wrong number of arguments\n${TRY}`);
    return { status: 1 };
  }
  if (database.startsWith('-') || OTHERS.includes(database)) {
    output.err(`getent: ${database} is not modelled\n`);
    return { status: 1 };
  }
  const entry = Object.hasOwn(ENTRIES, database) ? ENTRIES[database] : undefined;
  if (entry === undefined) {
    output.err(`Unknown database: ${database}\n${TRY}`);
    return { status: 1 };
  }
  if (keys.length === 0) {
    for (const { address, names } of parseHosts(host.readFile('/etc/hosts') ?? ''))
      if (address.family === 4) output.out(line(address, names));
    return { status: 0 };
  }
  return deferred((go) => {
    let status = 0;
    let cancel = NOTHING;
    const next = (): void => {
      const key = keys.shift();
      if (key === undefined) {
        go({ status });
        return;
      }
      cancel = entry(host.resolver, key, (text) => {
        if (text === null) status = NOT_FOUND;
        else output.out(text);
        next();
      });
    };
    next();
    return () => cancel();
  });
}
