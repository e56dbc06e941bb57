/** What a deployment's files and load balancers say of its nodes. Plain data, part of the engine protocol. */

/** The file that wired a node, and which of its lines made which device. */
export interface NicTemplate {
  readonly node: string;
  readonly role: string;
  readonly file: string;
  readonly text: string;
  readonly devices: readonly {
    /** As the node calls it. */
    readonly name: string;
    /** `ovs_bridge`, `vlan` ... as os-net-config names kinds. */
    readonly kind: string;
    /** From 1. */
    readonly lines: readonly number[];
  }[];
}

interface ProxyServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Of the configuration, from 1. */
  readonly line: number;
  /** False when nothing checks it: it counts as up. */
  readonly checked: boolean;
  readonly up: boolean;
  readonly backup: boolean;
  /** Checks in a row that say otherwise, and how many of them change the state. */
  readonly against: number;
  readonly needed: number;
  readonly sessions: number;
  readonly total: number;
  /** Where that address is now. */
  readonly held: { readonly host: string; readonly device: string } | null;
}

/** A load balancer's frontend with its backends, as one machine runs it. */
export interface Proxy {
  readonly host: string;
  readonly container: string;
  readonly name: string;
  readonly mode: string;
  readonly balance: string;
  /** Lines on which its sections begin. */
  readonly lines: readonly number[];
  readonly binds: readonly {
    readonly address: string;
    readonly port: number;
    readonly line: number;
    /** Where that address is now. */
    readonly held: { readonly host: string; readonly device: string } | null;
  }[];
  readonly servers: readonly ProxyServer[];
  /** The last connections, newest first. */
  readonly choices: readonly {
    /** Simulated nanoseconds. */
    readonly at: number;
    readonly client: string;
    readonly address: string;
    readonly port: number;
    /** Null when no server was up. */
    readonly server: string | null;
  }[];
}

export interface LoadBalancing {
  readonly proxies: readonly Proxy[];
  /** haproxy.cfg of each machine that runs one. */
  readonly files: readonly {
    readonly host: string;
    readonly path: string;
    readonly text: string;
  }[];
}
