/**
 * Kind `frr`: builds the network of each case as kernels' namespaces joined by links, with the FRR daemons over them,
 * loads the configurations, lets time pass as it was recorded, does what each event says and compares every output.
 * Point: one a recorded output.
 */
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';
import { readEvents, readLoadTimes, type FrrEvent, type Topology } from './frr-case.ts';
import { FrrNetwork } from './frr-network.ts';
import { normaliseFrr } from './frr-normaliser.ts';
import { withoutTies } from './frr-ties.ts';

interface RecordedOutput {
  readonly step: string;
  readonly node: string;
  readonly netns_vrf: string | null;
  readonly tool: string;
  readonly command: string;
  readonly file: string;
  /** Seconds since the links came up. */
  readonly t: number;
}

const SECOND = 1e9;
/** When a configuration is read if no message tells, in seconds. */
const USUAL_LOAD = 5;

function* runCase(folder: GoldenFolder, name: string): Iterable<Point> {
  const path = `frr/${name}`;
  const topology = JSON.parse(folder.text(`${path}/topology.json`)) as Topology;
  const outputs = JSON.parse(folder.text(`${path}/index.json`)) as RecordedOutput[];
  const setup = folder.text(`${path}/setup.txt`);
  const events: FrrEvent[] = readEvents(topology, setup);
  const times = folder.exists(`${path}/messages.jsonl`)
    ? readLoadTimes(topology, folder.text(`${path}/messages.jsonl`), (node) =>
        folder.text(`${path}/input/${node}.conf`),
      )
    : new Map<string, number>();
  const moment = (seconds: number): number => seconds * SECOND;
  const network = new FrrNetwork(topology);
  network.prepare(setup);
  const loads = topology.nodes
    .map((node) => ({ name: node.name, at: times.get(node.name) ?? USUAL_LOAD }))
    .sort((left, right) => left.at - right.at);
  for (const { name: node, at } of loads) {
    const file = `${path}/input/${node}.conf`;
    if (!folder.exists(file)) continue;
    network.runUntil(moment(at));
    network.load(node, folder.text(file));
  }
  for (const output of outputs) {
    while (events.some((event) => event.name === output.step)) {
      const event = events.shift() as FrrEvent;
      // The event's commands were typed one after another, then came its rest, then the outputs.
      const each = Math.max(0, output.t - event.at - event.rest) / event.commands.length;
      for (const [index, command] of event.commands.entries()) {
        network.runUntil(moment(event.at + index * each));
        network.perform(command);
      }
    }
    network.runUntil(moment(output.t));
    const where = output.netns_vrf === null ? output.node : `${output.node}(${output.netns_vrf})`;
    const id = `${name}/${output.file} ${where}# ${output.command}`;
    const recorded = folder.text(`${path}/${output.file}`);
    const actual = network.output(output.node, output.netns_vrf, output.tool, output.command);
    const wanted = normaliseFrr(output.command, recorded);
    const got = normaliseFrr(output.command, actual);
    const agrees = wanted === got || withoutTies(output.command, wanted) === withoutTies(output.command, got);
    yield agrees
      ? { kind: 'frr', id, pass: true }
      : { kind: 'frr', id, pass: false, why: firstDifference(wanted, got) };
  }
}

export const frrRunner: Runner = {
  kinds: ['frr'],
  *run(folder) {
    for (const name of folder.list('frr'))
      if (folder.exists(`frr/${name}/topology.json`)) yield* runCase(folder, name);
  },
};
