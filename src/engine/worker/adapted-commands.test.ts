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
  ['uniq', ['-c', '/a'], '      1 x\n      2 drop\n      1 y\n'],
  ['uniq', ['/a'], 'x\ndrop\ny\n'],
  ['diff', ['/c', '/b'], '1,2c1,2\n< x\n< k\n---\n> z\n> w\n4a5\n> end\n'],
  ['diff', ['/a', '/a'], ''],
  ['diff', ['/none', '/b'], '0a1,5\n> z\n> w\n> drop\n> y\n> end\n'],
  ['diff', ['/a', '/cut'], '4c4\n< y\n---\n> y\n\\ No newline at end of file\n'],
])('%s %j', async (name, args, printed) => {
  const files = {
    '/c': 'x\nk\ndrop\ny\n',
    '/a': 'x\ndrop\ndrop\ny\n',
    '/b': 'z\nw\ndrop\ny\nend\n',
    '/none': '',
    '/cut': 'x\ndrop\ndrop\ny',
  };
  expect(await run(name, args, files)).toBe(printed);
});
