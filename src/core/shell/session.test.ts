/** Every recorded session is played and must give the recording, character by character. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { playSession } from './sessions/player.ts';

const folder = new URL('sessions/', import.meta.url);
for (const name of readdirSync(folder).filter((file) => file.endsWith('.session')))
  it(`plays ${name}`, () => {
    const recorded = readFileSync(new URL(name, folder), 'utf8').replace(/\n+$/, '');
    expect(playSession(recorded)).toBe(recorded);
  });
