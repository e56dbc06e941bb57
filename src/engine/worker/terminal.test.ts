import { expect, it } from 'vitest';
import { createRandom } from '../../core/base/random.ts';
import { KernelFiles } from '../../core/linux/files/kernel-files.ts';
import { Kernel } from '../../core/linux/index.ts';
import { createClock } from '../../core/sim/clock.ts';
import { MachineFiles, resolvePath } from '../../core/sim/machine-files.ts';
import { Terminal, type RunProgram } from './terminal.ts';

const noFiles = (): MachineFiles =>
  new MachineFiles(createClock(0), { '/root/.profile': '', '/tmp/x/y': '' });

/** `save FILE` keeps its input; `show -rFILE` prints a file, `show` its input. */
const programs =
  (files: MachineFiles): RunProgram =>
  ({ argv: [name, word = ''], stdin, write, shell }) => {
    const at = (path: string): string => resolvePath(shell.directory, path);
    if (name === 'save') {
      files.write(at(word), stdin);
      return Promise.resolve(0);
    }
    const text = word === '' ? stdin : files.readText(at(word.slice(2)));
    if (text !== undefined) write('out', text);
    return Promise.resolve(text === undefined ? 1 : 0);
  };

async function typed(lines: readonly string[]): Promise<readonly [string, number]> {
  const files = noFiles();
  const terminal = new Terminal('host', ['save', 'show'], programs(files), { files });
  let out = '';
  let status = 0;
  for (const line of lines)
    ({ status } = await terminal.exec(line, (_, text) => (out += text), new AbortController().signal));
  return [out, status];
}

it('gives programs what a pipe brings, octet for octet', async () => {
  expect(await typed(['echo "größe → 1" | show'])).toEqual(['größe → 1\n', 0]);
});

it('keeps what a program writes for the shell and for the next program, in its directory', async () => {
  expect(
    await typed(['mkdir d; cd d', 'echo one | save a.txt', 'cat /root/d/a.txt', 'show -ra.txt']),
  ).toEqual(['one\none\n', 0]);
});

it('lets a program read what the shell wrote, and only files', async () => {
  expect(await typed(['echo two > b.txt', 'show -rb.txt'])).toEqual(['two\n', 0]);
  expect(await typed(['show -r/tmp'])).toEqual(['', 1]);
  expect(await typed(['show -rnone'])).toEqual(['', 1]);
});

it('is on the files of the machine: what a daemon writes while a line runs, its next command reads', async () => {
  const files = noFiles();
  files.write('/etc/frr/daemons', 'bgpd=no\n');
  const start: RunProgram = ({ argv: [, folder = ''] }) => {
    files.log('/var/log/frr/frr.log', files.readText(`/etc/frr/${folder}/daemons`) ?? 'none');
    return Promise.resolve(0);
  };
  const terminal = new Terminal('host', ['/usr/lib/frr/frrinit.sh'], start, { files });
  let out = '';
  const type = (line: string) =>
    terminal.exec(line, (_, text) => (out += text), new AbortController().signal);
  await type(
    'mkdir -p /etc/frr/x; cp /etc/frr/daemons /etc/frr/x/; sed -i s/bgpd=no/bgpd=yes/ /etc/frr/x/daemons; /usr/lib/frr/frrinit.sh x; cat /var/log/frr/frr.log',
  );
  expect(out).toBe('bgpd=yes\n\n');
  await type(
    '> /var/log/frr/frr.log; mv /etc/frr/x /etc/frr/y; /usr/lib/frr/frrinit.sh x; cat /var/log/frr/*.log',
  );
  expect(out).toBe('bgpd=yes\n\nnone\n');
});

it('works on files as a shell does', async () => {
  const check = async (line: string, out: string): Promise<void> =>
    expect([line, (await typed([line]))[0]]).toEqual([line, out]);
  await check('echo a > f; ln -s f l; ln f h; echo b >> l; cat f h l; readlink l', 'a\nb\na\nb\na\nb\nf\n');
  await check('mkdir -p a/b; echo 1 > a/b/c; cp -r a d; mv d/b e; rm -r a; cat e/c; ls', '1\nd\ne\n');
  await check('echo x > f; chmod 600 f; stat -c %a f; [ -x f ]; echo $?', '600\n1\n');
  await check(
    'cd /tmp/x; cat ../x/y y; ls -d /tmp/*; cat none',
    '/tmp/x\ncat: none: No such file or directory\n',
  );
  await check(
    'rmdir /tmp/x; rm -r /tmp/x && ls /tmp',
    "rmdir: failed to remove '/tmp/x': Directory not empty\n",
  );
  await check('echo x > /none/f', 'bash: /none/f: No such file or directory\n');
  await check('echo größe > o; wc -c o; cat o | wc -c; grep ö o > p; cat p', '8 o\n8\ngröße\n');
});

it('gives the terminal to a program that prompts, and lines to it until it ends; not where a pipe feeds it', async () => {
  const held: RunProgram = ({ stdin, write, converse }) => {
    let said = 0;
    if (converse && stdin === '')
      converse({
        get prompt() {
          return `said ${said}> `;
        },
        take: (line, output) => {
          said += 1;
          output.out(`${line}!\n`);
          return line === 'bye' ? { status: 3 } : null;
        },
        complete: (line) => [`${line}x`],
      });
    else write('out', stdin);
    return Promise.resolve(0);
  };
  const terminal = new Terminal('host', ['talk'], held, { files: noFiles() });
  let out = '';
  const type = (line: string) =>
    terminal.exec(line, (_, text) => (out += text), new AbortController().signal);
  expect((await type('echo piped | talk')).prompt).toBe(null);
  expect((await type('talk')).prompt).toBe('said 0> ');
  expect(terminal.complete('a')).toEqual(['ax']);
  expect((await type('echo "a | b')).prompt).toBe('said 1> ');
  expect(await type('bye')).toEqual({ status: 3, machine: 'host', directory: '/root', prompt: null });
  expect(terminal.complete('a')).toBe(null);
  await type('echo shell');
  expect(out).toBe('piped\necho "a | b!\nbye!\nshell\n');
});

it("runs the shell's own commands in a namespace, where the kernel shows that one's files, and stays there until exit", async () => {
  const clock = createClock();
  const recorder = { active: false, record: () => 0 };
  const kernel = new Kernel('host', { clock, random: createRandom(1), recorder });
  kernel.addNamespace('vm');
  kernel.addLink('vm', { kind: 'bridge', name: 'br9' });
  /** `ip netns exec NAME WORDS`, as far as this test goes. */
  const run: RunProgram = ({ argv, stdin, write, shell }) => {
    const output = { out: (text: string) => write('out', text), err: (text: string) => write('err', text) };
    const begun = shell.execute?.(argv.slice(4), argv[3] ?? '', stdin, output);
    if (begun === undefined || 'status' in begun) return Promise.resolve(begun?.status ?? 127);
    return new Promise((resolve) => begun.onDone(({ status }) => resolve(status)));
  };
  const terminal = new Terminal('host', ['ip'], run, {
    files: noFiles(),
    kernelFiles: (namespace) => new KernelFiles(kernel.namespace(namespace)),
  });
  let out = '';
  const type = (line: string) =>
    terminal.exec(line, (_, text) => (out += text), new AbortController().signal);
  await type('cd /tmp; ls /sys/class/net | grep -v bonding; echo 1 > /proc/sys/net/ipv4/ip_forward');
  await type(
    "ip netns exec vm bash -c 'cat /sys/class/net/b*/operstate | wc -l; cat /proc/sys/net/ipv4/ip_forward'",
  );
  expect(out).toBe('lo\n1\n0\n');
  out = '';
  await type('ip netns exec vm bash');
  await type('cd /sys/class/net; cat br9/mtu; echo 1400 > br9/mtu; echo x > br9/mtu; echo 1 > br9/address');
  expect((await type('cat br9/mtu; cd /')).directory).toBe('/');
  expect((await type('exit 4')).status).toBe(4);
  expect((await type('ls /sys/class/net | grep br')).directory).toBe('/tmp');
  expect(out).toBe(
    '1500\nbash: echo: write error: Invalid argument\nbash: /sys/class/net/br9/address: Permission denied\n1400\nexit\n',
  );
});

it('ends what a program runs in a shell of its own by a signal', async () => {
  /** `wait` goes on until it is ended; `ender WORDS` runs words in a shell and sends it a signal. */
  const run: RunProgram = ({ argv, namespace, stdin, write, shell, signal }) =>
    new Promise((resolve) => {
      if (argv[0] === 'wait') {
        signal.addEventListener('abort', () => {
          write('out', 'last words\n');
          resolve(1);
        });
        return;
      }
      const output = { out: (text: string) => write('out', text), err: (text: string) => write('err', text) };
      const begun = shell.execute?.(argv.slice(1), namespace, stdin, output);
      if (!begun || 'status' in begun) throw new Error('nothing was begun');
      begun.onDone(() => resolve(124));
      setTimeout(() => begun.signal?.('TERM'), 0);
    });
  const terminal = new Terminal('host', ['ender', 'wait'], run, { files: noFiles() });
  let text = '';
  const { status } = await terminal.exec(
    "ender bash -c 'wait; wait'",
    (_, part) => (text += part),
    new AbortController().signal,
  );
  expect(status).toBe(124);
  expect(text).not.toContain('aborted');
});
