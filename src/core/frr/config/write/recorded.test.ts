/** Every recorded configuration of golden/frr: read, then printed as the real program printed it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyConfig } from '../frr-config.ts';
import { Language } from '../language.ts';
import { VtySession } from '../session.ts';
import { writeRunningConfig } from './running-config.ts';

const ROOT = new URL('../../../../../golden/frr/', import.meta.url);
const recorded = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(new URL(`${name}/input/`, ROOT))
      .filter((file) => existsSync(new URL(`${name}/${file}`, ROOT)))
      .map((file) => ({ name: `${name}/${file}`, folder: new URL(`${name}/`, ROOT), file })),
  );

describe('recorded configurations', () => {
  const language = new Language([]);

  test.each(recorded)('$name', ({ folder, file }) => {
    const wanted = readFileSync(new URL(file, folder), 'utf8');
    const namespaces = new Map(
      [...wanted.matchAll(/netns (\/run\/netns\/(\S+))/g)].map((found) => [found[2] ?? '', found[1] ?? '']),
    );
    const environment = {
      isLocalAddress: () => false,
      vrfExists: () => true,
      vrfNamespaces: () => namespaces,
      layer3Vni: () => null,
      forwards: () => true,
    };
    const config = emptyConfig(file.slice(0, -'.conf'.length));
    const session = new VtySession(language, { config, environment, changed: () => undefined }, () => ({}));
    session.configure();
    const complaints = readFileSync(new URL(`input/${file}`, folder), 'utf8')
      .split('\n')
      .map((line) => session.execute(line).text)
      .join('');
    expect(complaints).toBe('');
    expect(writeRunningConfig(config, environment)).toBe(wanted);
  });
});
