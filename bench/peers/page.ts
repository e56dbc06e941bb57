/** The page that the bench drives: one library at a time, measured where it runs. */
import '../../src/ui/tokens.css';
import { blank } from './blank.ts';
import { cytoscapeJs } from './cytoscape.ts';
import { g6 } from './g6.ts';
import { deploymentOf } from './graph.ts';
import { hopscope } from './hopscope.ts';
import { judge, type Verdict } from './judge.ts';
import { drawn, type Camera, type Peer } from './peer.ts';
import { reactFlow } from './react-flow.ts';
import { sigmaJs } from './sigma.ts';

const PEERS: Readonly<Record<string, Peer>> = {
  Hopscope: hopscope,
  'cytoscape.js': cytoscapeJs,
  'sigma.js': sigmaJs,
  G6: g6,
  'React Flow': reactFlow,
  'blank canvas': blank,
};

export interface Frames {
  /** Milliseconds from the graph to its first picture. */
  readonly first: number;
  /** Milliseconds of each frame. */
  readonly panWhole: readonly number[];
  readonly zoom: readonly number[];
  readonly panNear: readonly number[];
}

const TURN = 40;

/** One camera a frame; the time of a frame is from its callback to the next one's. */
function timed(move: (camera: Camera) => void, cameras: readonly Camera[]): Promise<readonly number[]> {
  return new Promise((done) => {
    const times: number[] = [];
    let last: number | null = null;
    let at = 0;
    const frame = (): void => {
      const now = performance.now();
      if (last !== null) times.push(now - last);
      last = now;
      const camera = cameras[at];
      at += 1;
      if (!camera) {
        done(times);
        return;
      }
      move(camera);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

async function frames(name: string, count: number): Promise<Frames> {
  const peer = PEERS[name];
  const host = document.querySelector<HTMLElement>('#host');
  if (!peer || !host) throw new Error(`no ${name}`);
  const graph = deploymentOf(count);
  const whole = Math.min(host.clientWidth / graph.width, host.clientHeight / graph.height) * 0.95;
  /** The camera at zoom `k`, its middle moved by parts of the graph. */
  const camera = (k: number, right = 0, down = 0): Camera => ({
    k,
    x: host.clientWidth / 2 - (graph.width / 2) * k - right,
    y: host.clientHeight / 2 - (graph.height / 2) * k - down,
  });
  const start = performance.now();
  const move = await peer.mount(host, graph, camera(whole));
  const first = performance.now() - start;
  await drawn();
  const around = (k: number, reach: number): readonly Camera[] =>
    Array.from({ length: TURN }, (_, at) => {
      const turn = ((at + 1) / TURN) * 2 * Math.PI;
      return camera(k, Math.sin(turn) * reach, (1 - Math.cos(turn)) * reach * 0.6);
    });
  const panWhole = await timed(move, around(whole, 300));
  const zoom = await timed(
    move,
    Array.from({ length: 2 * TURN }, (_, at) => {
      const t = at < TURN ? (at + 1) / TURN : (2 * TURN - at - 1) / TURN;
      return camera(whole * (1.5 / whole) ** t);
    }),
  );
  move(camera(1));
  await drawn();
  const panNear = await timed(move, around(1, 700));
  return { first, panWhole, zoom, panNear };
}

async function layout(name: string, count: number): Promise<Verdict> {
  const run = Object.values(PEERS)
    .flatMap(({ layouts }) => Object.entries(layouts))
    .find(([own]) => own === name)?.[1];
  if (!run) throw new Error(`no layout ${name}`);
  return judge(deploymentOf(count), run);
}

Object.assign(globalThis, {
  bench: {
    peers: Object.keys(PEERS),
    layouts: Object.values(PEERS).flatMap(({ layouts }) => Object.keys(layouts)),
    frames,
    layout,
  },
});
