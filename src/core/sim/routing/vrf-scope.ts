/** Where the VRFs of one set of FRR daemons are in the kernel: devices of kind vrf in their namespace, or whole namespaces. */
import type { Kernel, Link, Namespace } from '../../linux/index.ts';

export const DEFAULT_VRF = 'default';
const MAIN_TABLE = 254;
const LOCAL_TABLE = 255;

export interface Scope {
  readonly vrf: string;
  /** As `show bgp` prints it. */
  readonly id: number;
  readonly net: Namespace;
  readonly table: number;
  /** The VRF device; null for the default VRF and for a namespace. */
  readonly device: Link | null;
  /** Path of the namespace (`--vrfwnetns`); null otherwise. */
  readonly path: string | null;
}

export class VrfScopes {
  readonly #kernel: Kernel;
  readonly #home: string;
  /** Namespaces by VRF name, when zebra runs with `--vrfwnetns`; null: VRFs are devices. */
  readonly #namespaces: ReadonlyMap<string, string> | null;

  constructor(kernel: Kernel, home: string, namespaces: ReadonlyMap<string, string> | null) {
    this.#kernel = kernel;
    this.#home = home;
    this.#namespaces = namespaces;
  }

  get usesNamespaces(): boolean {
    return this.#namespaces !== null && this.#namespaces.size > 0;
  }

  /** The default VRF first. */
  all(): readonly Scope[] {
    const home = this.#kernel.namespace(this.#home);
    const scopes: Scope[] = [
      { vrf: DEFAULT_VRF, id: 0, net: home, table: MAIN_TABLE, device: null, path: null },
    ];
    if (this.#namespaces !== null) {
      let id = 0;
      for (const [vrf, name] of this.#namespaces) {
        id += 1;
        if (this.#kernel.namespaces.has(name))
          scopes.push({
            vrf,
            id,
            net: this.#kernel.namespace(name),
            table: MAIN_TABLE,
            device: null,
            path: `/run/netns/${vrf}`,
          });
      }
      return scopes;
    }
    for (const link of home.links.values())
      if (link.kind === 'vrf')
        scopes.push({
          vrf: link.name,
          id: link.index,
          net: home,
          table: link.vrfTable ?? MAIN_TABLE,
          device: link,
          path: null,
        });
    return scopes;
  }

  named(vrf: string): Scope | undefined {
    return this.all().find((scope) => scope.vrf === vrf);
  }

  /** The VRF to which a link belongs. `scopes`: all there are, for a caller that asks about many links. */
  ofLink(net: Namespace, link: Link, scopes = this.all()): Scope | undefined {
    const device = link.kind === 'vrf' ? link : link.master;
    return (
      scopes.find((scope) => scope.device !== null && scope.device === device) ??
      scopes.find((scope) => scope.net === net && scope.device === null)
    );
  }

  /** The VRF whose table a route is in: tables that are no VRF's belong to the default one, `local` is not looked at. */
  ofTable(net: Namespace, table: number): Scope | undefined {
    if (table === LOCAL_TABLE) return undefined;
    const scopes = this.all().filter((scope) => scope.net === net);
    return scopes.find((scope) => scope.table === table) ?? scopes.find((scope) => scope.device === null);
  }

  /** Whether a namespace is one of those that count here. */
  includes(namespace: string): boolean {
    return this.all().some((scope) => scope.net.name === namespace);
  }
}
