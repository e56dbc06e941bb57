/** Recordings of programs that Hopscope does not have: every one counts as a point without agreement. */
import type { GoldenFolder, Point, Runner } from '../runner.ts';

function* chassisFolders(folder: GoldenFolder): Generator<string> {
  const folders = (path: string): readonly string[] =>
    folder.list(path).filter((name) => !name.endsWith('.md'));
  for (const name of folders('ovn'))
    for (const chassis of folder.list(`ovn/${name}/chassis`)) yield `ovn/${name}/chassis/${chassis}`;
  for (const era of folders('eras'))
    for (const name of folders(`eras/${era}`))
      for (const chassis of folder.list(`eras/${era}/${name}/chassis`))
        yield `eras/${era}/${name}/chassis/${chassis}`;
}

function* detrace(folder: GoldenFolder): Generator<Point> {
  for (const chassis of chassisFolders(folder))
    for (const file of folder.list(`${chassis}/ofproto-trace`)) {
      const path = `${chassis}/ofproto-trace/${file}`;
      const recorded: unknown = JSON.parse(folder.text(path));
      if (typeof recorded === 'object' && recorded !== null && 'detrace' in recorded)
        yield { kind: 'detrace', id: path, pass: false, why: 'ovn-detrace is not modelled' };
    }
}

function* frr(folder: GoldenFolder): Generator<Point> {
  const folders = (path: string): readonly string[] =>
    folder.list(path).filter((name) => !name.includes('.'));
  for (const name of folders('frr'))
    for (const step of folders(`frr/${name}/outputs`))
      for (const file of folder.list(`frr/${name}/outputs/${step}`))
        if (file !== 'index.json')
          yield {
            kind: 'frr',
            id: `frr/${name}/outputs/${step}/${file}`,
            pass: false,
            why: 'FRR is not modelled',
          };
}

export const notBuiltRunner: Runner = {
  kinds: ['detrace', 'frr'],
  *run(folder, wanted) {
    if (wanted('detrace')) yield* detrace(folder);
    if (wanted('frr')) yield* frr(folder);
  },
};
