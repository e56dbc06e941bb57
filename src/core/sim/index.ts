/** Face of the sim room. */
export { World } from './world.ts';
export { Host } from './host.ts';
export { BACKGROUND, type Run, type RunId } from './recorder.ts';
