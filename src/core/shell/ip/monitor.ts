/** `ip monitor`: changes of the kernel's tables as they happen, until it is interrupted. */
import type { KernelEvent } from '../../linux/index.ts';
import { addressRows, printAddress } from './address-print.ts';
import { printLink } from './link-print.ts';
import { printNeighbour } from './neighbour.ts';
import { printRoute, rowOf } from './route-print.ts';
import { printRule } from './rule.ts';
import type { Exit, RunningProgram } from '../program.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

const OBJECTS = [
  'link',
  'address',
  'route',
  'mroute',
  'maddress',
  'prefix',
  'neigh',
  'netconf',
  'rule',
  'nsid',
  'nexthop',
  'stats',
  'all',
] as const;
type Watched = (typeof OBJECTS)[number];

const OBJECT_OF: Partial<Record<KernelEvent['kind'], Watched>> = {
  link: 'link',
  address4: 'address',
  address6: 'address',
  route: 'route',
  rule: 'rule',
  neighbour: 'neigh',
};

export function monitorCommand(run: IpRun, words: readonly string[]): number | RunningProgram {
  const args = run.arguments(words);
  const watched = new Set<Watched>();
  let label = false;
  while (!args.done) {
    const object = OBJECTS.find((name) => args.matches(name));
    if (args.matches('file', 'dev')) args.next();
    else if (args.matches('label')) label = true;
    else if (args.matches('all-nsid')) label = false;
    else if (object !== undefined) watched.add(object);
    else if (args.matches('help')) return args.end(USAGE.monitor ?? '', 255);
    else {
      run.err(`Argument "${args.word}" is unknown, try "ip monitor help".\n`);
      return 255;
    }
    args.advance();
  }
  const everything = watched.size === 0 || watched.has('all');
  const stop = run.kernel.subscribe((event) => {
    const object = OBJECT_OF[event.kind];
    if (object === undefined || !('namespace' in event) || event.namespace !== run.namespace) return;
    if (!everything && !watched.has(object)) return;
    if (label || watched.has('all')) run.output.out(LABELS[object] ?? '');
    print(run, event);
  });
  const listeners: ((exit: Exit) => void)[] = [];
  return {
    pace: 'listen',
    cancel: () => {
      stop();
      for (const listener of listeners.splice(0)) listener({ status: 130 });
    },
    onDone: (listener) => {
      listeners.push(listener);
    },
  };
}

const LABELS: Partial<Record<Watched, string>> = {
  link: '[LINK]',
  address: '[ADDR]',
  route: '[ROUTE]',
  rule: '[RULE]',
  neigh: '[NEIGH]',
};

function print(run: IpRun, event: KernelEvent): void {
  const writer = run.writer();
  switch (event.kind) {
    case 'link':
      if (event.deleted) writer.text('Deleted ');
      printLink(run, writer, event.link, { link: false, showLinkLayer: true });
      return;
    case 'address4':
    case 'address6': {
      const row = addressRows(event.link, run.now).find((each) => each.source.address === event.address);
      if (event.deleted) writer.text('Deleted ');
      if (row !== undefined) printAddress(run, writer, event.link, row, true);
      return;
    }
    case 'route':
      printRoute(run, writer, rowOf(run, event.route), undefined, event.change === 'delete');
      return;
    case 'rule':
      printRule(run, writer, event.rule, event.deleted);
      return;
    case 'neighbour':
      printNeighbour(run, writer, event.neighbour, false, event.deleted);
      return;
    default:
  }
}
