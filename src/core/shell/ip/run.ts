/** One run of `ip`: its options, its namespace, where it writes, and how it tells a kernel's refusal. */
import type { Context } from '../../base/context.ts';
import {
  STRERROR,
  type Kernel,
  type Link,
  type Namespace,
  type NetlinkError,
  type NetlinkResult,
} from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import type { Family } from '../../linux/family.ts';
import type { Output } from '../program.ts';
import { Arguments } from './arguments.ts';
import type { IpHost } from './host.ts';
import { Writer } from './writer.ts';

export interface IpOptions {
  family: Family | 'link' | 'bridge' | 'mpls' | null;
  details: boolean;
  statistics: number;
  resolve: boolean;
  oneline: boolean;
  brief: boolean;
  json: boolean;
  pretty: boolean;
  numeric: boolean;
  human: boolean;
  iec: boolean;
  force: boolean;
  all: boolean;
  timestamp: 'none' | 'long' | 'short';
}

export const noOptions = (): IpOptions => ({
  family: null,
  details: false,
  statistics: 0,
  resolve: false,
  oneline: false,
  brief: false,
  json: false,
  pretty: false,
  numeric: false,
  human: false,
  iec: false,
  force: false,
  all: false,
  timestamp: 'none',
});

export class IpRun {
  readonly host: IpHost;
  readonly kernel: Kernel;
  readonly context: Context;
  readonly output: Output;
  readonly options: IpOptions;
  readonly namespace: string;

  constructor(host: IpHost, context: Context, output: Output, options: IpOptions, namespace: string) {
    this.host = host;
    this.kernel = host.kernel;
    this.context = context;
    this.output = output;
    this.options = options;
    this.namespace = namespace;
  }

  get net(): Namespace {
    return this.kernel.namespace(this.namespace);
  }

  get now(): number {
    return this.context.clock.now();
  }

  /** The address family that `-4` or `-6` chose. */
  get family(): Family | null {
    const { family } = this.options;
    return family === 4 || family === 6 ? family : null;
  }

  writer(): Writer {
    return new Writer((text) => this.output.out(text), this.options);
  }

  arguments(words: readonly string[]): Arguments {
    return new Arguments(words, (text) => this.output.err(text));
  }

  err(text: string): void {
    this.output.err(text);
  }

  link(name: string): Link | undefined {
    return findLink(this.net, name);
  }

  linkName(index: number): string {
    return this.net.links.get(index)?.name ?? (index === 0 ? '*' : `if${index}`);
  }

  /** Links in order of their index, as a dump gives them. */
  links(): Link[] {
    return [...this.net.links.values()].sort((a, b) => a.index - b.index);
  }

  /** `nodev`: status 1. */
  noDevice(name: string): number {
    this.err(`Cannot find device "${name}"\n`);
    return 1;
  }

  /** A refusal of the kernel: 2, after its text. */
  refused(error: NetlinkError): number {
    this.err(refusalText(error));
    return 2;
  }

  outcome(result: NetlinkResult<unknown>): number {
    return result.ok ? 0 : this.refused(result.error);
  }
}

function refusalText(error: NetlinkError): string {
  if (error.message === undefined) return `RTNETLINK answers: ${STRERROR[error.errno]}\n`;
  return `Error: ${error.message}${error.message.endsWith('.') ? '' : '.'}\n`;
}
