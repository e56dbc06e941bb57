/** The page's entry, kept small: what takes long (the engine, the workbench for a document) is asked for before the rest is read. */
import { startEngine } from '../engine/start.ts';

/** The catalogue needs neither a world nor the workbench. */
const toOpen = location.hash.length > '#/'.length;
const engine = startEngine(toOpen);
if (toOpen) void import('./shell/Workbench.tsx');
void import('./main.tsx').then(({ startPage }) => startPage(engine));
