/** The page's entry, kept small: what takes long (the engine, the workbench for a document) is asked for before the rest is read. */
import { startEngine } from '../engine/start.ts';

const engine = startEngine();
// The catalogue needs none of it.
if (location.hash.length > '#/'.length) void import('./shell/Workbench.tsx');
void import('./main.tsx').then(({ startPage }) => startPage(engine));
