/** What programs of the network need of their machine: its kernel, and how names are found. */
import type { IpAddress } from '../linux/family.ts';
import type { DigHost } from './dig/dig.ts';
import { newResolver, type Resolver } from './dns/resolver.ts';
import type { IpHost } from './ip/host.ts';
import { nameService } from './name-service.ts';
import type { Program } from './program.ts';
import { HOSTS, programName, readFile, run, type Site, type Starter } from './site.ts';

/** How the machine's programs find names. */
export const resolverOf = (site: Site): Resolver =>
  newResolver({
    kernel: site.host.kernel,
    namespace: site.call.namespace,
    context: site.world.programContext(site.host, site.call.recorder),
    program: programName(site.call.argv[0] ?? ''),
    readFile: (path) => readFile(site, path),
  });

/** Programs that look names up besides. */
export const resolving =
  (program: Program<IpHost & { readonly resolver: Resolver }>): Starter =>
  (site) =>
    run(program, { ...kernelHost(site), resolver: resolverOf(site) }, site);

/** Programs that ask name servers by themselves. */
export const asking =
  (program: Program<DigHost>): Starter =>
  (site) => {
    const names = nameService(readFile(site, HOSTS) ?? '');
    const addressOf = (name: string): IpAddress | undefined => names.resolve(name, null);
    return run(program, { ...kernelHost(site), readFile: (path) => readFile(site, path), addressOf }, site);
  };

/** Programs of the machine's network stack, and those that start other programs in a namespace. */
export const kernelHost = ({ host, call, start }: Site): IpHost => ({
  kernel: host.kernel,
  run: (argv, namespace, output) => start({ ...call, argv, namespace, output }),
});

/** Programs that need the kernel alone. */
export const network =
  (program: Program<IpHost>): Starter =>
  (site) =>
    run(program, kernelHost(site), site);
