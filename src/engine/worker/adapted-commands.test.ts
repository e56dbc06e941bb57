import { expect, it } from 'vitest';
import { Bash } from 'just-bash';
import { ADAPTED_COMMANDS } from './adapted-commands.ts';

/** What a command prints by way of its adaption; outputs are GNU's. */
async function run(
  name: string,
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const adapted = ADAPTED_COMMANDS[name];
  if (!adapted) throw new Error(`${name} is not adapted`);
  const { stdout } = await new Bash({ files }).exec(
    [name, ...adapted.asked(args)].map((word) => `'${word}'`).join(' '),
  );
  return adapted.told(stdout, args);
}

it.each<[string, readonly string[], string]>([
  ['grep', ['--color=never', '-c', '\\<drop\\>', '/a'], '2\n'],
  ['grep', ['DROP', '-i', '/a'], 'drop\ndrop\n'],
  ['grep', ['drop', '/a', '-c'], '2\n'],
  ['grep', ['-c', '--', '--color', '/option'], '1\n'],
  ['grep', ['-ie', 'X', '-e', 'y', '--color=auto', '/a'], 'x\ny\n'],
  ['egrep', ['x|y', '-n', '/a'], '1:x\n4:y\n'],
  ['egrep', ['-e', 'x', '-e', '\\<y', '/a'], 'x\ny\n'],
  ['fgrep', ['x|y', '/a'], ''],
  ['fgrep', ['-e', 'x', '-e', 'y', '/a'], 'x\ny\n'],
  ['uniq', ['-c', '/a'], '      1 x\n      2 drop\n      1 y\n'],
  ['uniq', ['/a'], 'x\ndrop\ny\n'],
  ['diff', ['/c', '/b'], '1,2c1,2\n< x\n< k\n---\n> z\n> w\n4a5\n> end\n'],
  ['diff', ['/a', '/a'], ''],
  ['diff', ['-i', '/a', '/capital'], ''],
  ['diff', ['/b', '/capital', '-i'], '1,2c1,2\n< z\n< w\n---\n> X\n> Drop\n5d4\n< end\n'],
  ['diff', ['-i', '/p', '/q'], '2c2\n< B\n---\n> x\n4a5\n> e\n'],
  ['diff', ['-u', '/a', '/capital', '-i'], ''],
  ['diff', ['-s', '/a', '/a'], 'Files /a and /a are identical\n'],
  ['diff', ['-s', '/a', '/cut'], '4c4\n< y\n---\n> y\n\\ No newline at end of file\n'],
  ['diff', ['-q', '/a', '/b'], 'Files /a and /b differ\n'],
  ['diff', ['/none', '/option', '-U3'], '--- /none\t\n+++ /option\t\n@@ -0,0 +1 @@\n+--color\n'],
  ['diff', ['--color=never', '--', '/none', '/option'], '0a1\n> --color\n'],
  ['diff', ['/none', '/b'], '0a1,5\n> z\n> w\n> drop\n> y\n> end\n'],
  ['diff', ['/a', '/cut'], '4c4\n< y\n---\n> y\n\\ No newline at end of file\n'],
])('%s %j', async (name, args, printed) => {
  const files = {
    '/c': 'x\nk\ndrop\ny\n',
    '/a': 'x\ndrop\ndrop\ny\n',
    '/b': 'z\nw\ndrop\ny\nend\n',
    '/none': '',
    '/p': 'a\nB\nc\nD\n',
    '/q': 'A\nx\nC\nd\ne\n',
    '/capital': 'X\nDrop\ndrop\nY\n',
    '/option': '--color\n',
    '/cut': 'x\ndrop\ndrop\ny',
  };
  expect(await run(name, args, files)).toBe(printed);
});
