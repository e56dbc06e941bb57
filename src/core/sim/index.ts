/** Face of the sim room. */
export { World } from './world.ts';
export { Host } from './host.ts';
export { createClock, type SimClock } from './clock.ts';
export { BACKGROUND, RunRecorder, type Run, type RunId } from './recorder.ts';
export type { MachineSpec, NicSpec, SegmentSpec, TranscriptLine, WorldSpec } from './machine.ts';
