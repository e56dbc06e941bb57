/** bgpd as far as lines of configuration and `clear` need it. */
import type { Neighbour } from './neighbour.ts';
import type { SessionOutput } from './refresh.ts';
import type { SessionMachine } from './session.ts';
import type { Speaker, SpeakerHost } from './speaker.ts';
import type { TableListener } from './table-change.ts';

/** The daemon as far as configuration and `clear` need it. */
export interface Daemon {
  readonly instances: ReadonlyMap<string, Speaker>;
  readonly host: SpeakerHost;
  readonly listener: TableListener;
  readonly output: SessionOutput;
  machine(neighbour: Neighbour): SessionMachine | undefined;
  addSpeaker(vrf: string): Speaker | undefined;
  removeSpeaker(vrf: string): void;
  addNeighbour(speaker: Speaker, neighbour: Neighbour): void;
  removeNeighbour(speaker: Speaker, neighbour: Neighbour): void;
  refreshBfd(speaker: Speaker, neighbour: Neighbour): void;
  /** A route map, or what one uses, changed: it counts a while later. */
  routeMapsChanged(): void;
  /** Leaking between VRFs begins. */
  needDefault(asn: number): void;
}
