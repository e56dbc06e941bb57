import { expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import { createRandom } from '../../base/random.ts';
import { setUp } from '../../linux/device.ts';
import { Kernel } from '../../linux/index.ts';
import { createClock } from '../../sim/clock.ts';
import { httpServer } from '../http-server/http-server.ts';
import { newResolver } from '../dns/resolver.ts';
import { splitWords } from '../words.ts';
import { curl } from './curl.ts';
import type { CurlHost } from './transfer.ts';

const SECOND = 1e9;
const TEXT = 'hello\n'.repeat(3000);

/** A host with a web server on port 8000 that has one file. */
function machine() {
  const clock = createClock(Date.UTC(2026, 10, 22, 21, 48, 59));
  const context = { clock, random: createRandom(1), recorder: { active: false, record: () => 0 } };
  const kernel = new Kernel('host', context);
  const loopback = kernel.findLink('', 'lo');
  if (loopback === undefined) throw new Error('no loopback');
  setUp(kernel.namespace(), loopback);
  kernel.addAddress4(loopback, { local: 0x0a010001, length: 24, broadcast: 0 });
  let log = '';
  const written = new Map<string, string>();
  const files = {
    read: (path: string) =>
      path === '/www/index.txt'
        ? encodeUtf8('hello\n')
        : path === '/www/long.txt'
          ? encodeUtf8(TEXT)
          : undefined,
    list: (path: string) =>
      path === '/www'
        ? ['long.txt', 'a <b>/', 'Index.txt']
        : path === '/www/a <b>'
          ? ['index.html']
          : undefined,
    write: (path: string, octets: Uint8Array) => void written.set(path, decodeUtf8(octets)),
  };
  const resolver = newResolver({
    kernel,
    namespace: '',
    context,
    program: 'curl',
    readFile: (path) => (path === '/etc/hosts' ? '10.1.0.1 web.example web\n2001:db8::1 six\n' : undefined),
  });
  const host: CurlHost & { files: typeof files } = { kernel, files, resolver };
  const add = (part: string): void => void (log += part);
  const argv = (command: string): readonly string[] => {
    const words = splitWords(command);
    return words.ok ? words.value : [];
  };
  const common = { stdin: '', context, host, namespace: '' };
  const server = httpServer({
    ...common,
    argv: argv('python3 -m http.server -d /www 8000'),
    output: { out: add, err: add },
  });
  const run = (command: string): { out: string; err: string; status: number | undefined } => {
    let out = '';
    let err = '';
    let status: number | undefined;
    const result = curl({
      ...common,
      argv: argv(command),
      output: { out: (part) => void (out += part), err: (part) => void (err += part) },
    });
    if ('status' in result) ({ status } = result);
    else result.onDone((exit) => ({ status } = exit));
    const limit = clock.now() + 300 * SECOND;
    while (status === undefined && (clock.next() ?? limit) < limit) clock.step();
    return { out, err, status };
  };
  return { run, server, written, log: () => log };
}

const DATE = 'Date: Sun, 22 Nov 2026 21:48:59 GMT\r\n';

it('fetches a file and shows the conversation', () => {
  const { run, log } = machine();
  expect(run('curl -sv http://10.1.0.1:8000/index.txt')).toEqual({
    out: 'hello\n',
    err: `*   Trying 10.1.0.1:8000...
* Connected to 10.1.0.1 (10.1.0.1) port 8000 (#0)
> GET /index.txt HTTP/1.1\r
> Host: 10.1.0.1:8000\r
> User-Agent: curl/7.88.1\r
> Accept: */*\r
> \r
* HTTP 1.0, assume close after body
< HTTP/1.0 200 OK\r
< Server: SimpleHTTP/0.6 Python/3.11.2\r
< ${DATE}< Content-type: text/plain\r
< Content-Length: 6\r
< \r
{ [6 bytes data]
* Closing connection 0
`,
    status: 0,
  });
  expect(log()).toBe(`Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...
10.1.0.1 - - [22/Nov/2026 21:48:59] "GET /index.txt HTTP/1.1" 200 -
`);
});

it('says what it was told to say', () => {
  const { run, written } = machine();
  const { err } = run('curl -sv -0 -e ref -r 0-1 -A agent -O http://10.1.0.1:8000/index.txt');
  expect(err).toContain(
    '> GET /index.txt HTTP/1.0\r\n> Host: 10.1.0.1:8000\r\n> Range: bytes=0-1\r\n> User-Agent: agent\r\n> Accept: */*\r\n> Referer: ref\r\n',
  );
  expect(written.get('index.txt')).toBe('hello\n');
});

it('puts a long file together from many segments', () => {
  const { run, written } = machine();
  expect(run('curl -s -o copy http://10.1.0.1:8000/long.txt').status).toBe(0);
  expect(written.get('copy')).toBe(TEXT);
});

it.each([
  [
    'curl -sI http://10.1.0.1:8000/index.txt',
    `HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11.2\r\n${DATE}Content-type: text/plain\r\nContent-Length: 6\r\n\r\n`,
    '',
    0,
  ],
  [
    "curl -s -o /dev/null -w '%{http_code} %{size_download} %{remote_ip}:%{remote_port} %{local_ip}\\n' http://10.1.0.1:8000/index.txt",
    '200 6 10.1.0.1:8000 10.1.0.1\n',
    '',
    0,
  ],
  ['curl -s -o /dev/null -w %{http_code} http://10.1.0.1:81/', '000', '', 7],
  ['curl -s http://web:8000/index.txt', 'hello\n', '', 0],
  ['curl -s -o /dev/null -w %{remote_ip} http://WEB.example:8000/index.txt', '10.1.0.1', '', 0],
  ['curl http://nobody:8000/', '', 'curl: (6) Could not resolve host: nobody\n', 6],
  ['curl -4 http://six:8000/', '', 'curl: (6) Could not resolve host: six\n', 6],
  [
    'curl -sS http://10.1.0.1:81/',
    '',
    "curl: (7) Failed to connect to 10.1.0.1 port 81 after 0 ms: Couldn't connect to server\n",
    7,
  ],
  ['curl -s http://10.1.0.1:81/', '', '', 7],
  [
    'curl -sS http://10.2.0.1/',
    '',
    "curl: (7) Failed to connect to 10.2.0.1 port 80 after 0 ms: Couldn't connect to server\n",
    7,
  ],
  ['curl -sS -f http://10.1.0.1:8000/nosuch', '', 'curl: (22) The requested URL returned error: 404\n', 22],
  ['curl -sS http://nosuch.example/', '', 'curl: (6) Could not resolve host: nosuch.example\n', 6],
  ['curl -sS -6 http://10.1.0.1:8000/', '', "curl: (7) Couldn't connect to server\n", 7],
  ['curl -sS --interface eth7 http://10.1.0.1/', '', "curl: (45) Couldn't bind to 'eth7'\n", 45],
  ['curl -s --resolve x.y:8000:10.1.0.1 http://x.y:8000/index.txt', 'hello\n', '', 0],
  [
    'curl -sSO http://10.1.0.1:8000/',
    '',
    'curl: (23) Failed writing received data to disk/application\n',
    23,
  ],
  [
    'curl -sSL --max-redirs 0 http://10.1.0.1:8000/a%20%3Cb%3E',
    '',
    'curl: (47) Maximum (0) redirects followed\n',
    47,
  ],
  [
    "curl -s -o /dev/null -w '%{http_code} %{redirect_url} %{num_redirects} %{num_connects} %{content_type}' http://10.1.0.1:8000/a%20%3Cb%3E",
    '301 http://10.1.0.1:8000/a%20%3Cb%3E/ 0 1 ',
    '',
    0,
  ],
  [
    "curl -sL -o /dev/null -w '%{num_redirects} %{num_connects} %{url_effective} %{size_request} %{scheme} %{http_version}' http://10.1.0.1:8000/a%20%3Cb%3E",
    '1 2 http://10.1.0.1:8000/a%20%3Cb%3E/ 177 HTTP 1',
    '',
    0,
  ],
  [
    "curl -s -w '%{exitcode} %{errormsg} %{num_connects}' http://10.1.0.1:81/",
    "7 Failed to connect to 10.1.0.1 port 81 after 0 ms: Couldn't connect to server 0",
    '',
    7,
  ],
  ['curl -u a:b http://10.1.0.1/', '', 'curl: option -u is not modelled\n', 2],
  ['curl', '', "curl: try 'curl --help' or 'curl --manual' for more information\n", 2],
  [
    'curl --frob http://x',
    '',
    "curl: option --frob: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    2,
  ],
])('%s', (command, out, err, status) => expect(machine().run(command)).toEqual({ out, err, status }));

it('answers a method that the server has not, with its page', () => {
  const { out } = machine().run('curl -s -X POST -d a=b http://10.1.0.1:8000/x');
  expect(out).toContain("<p>Message: Unsupported method ('POST').</p>");
});

it('lists a directory, and leads to one', () => {
  const { run } = machine();
  expect(run('curl -s http://10.1.0.1:8000/?x').out).toContain(`<h1>Directory listing for /?x</h1>
<hr>
<ul>
<li><a href="a%20%3Cb%3E/">a &lt;b&gt;/</a></li>
<li><a href="Index.txt">Index.txt</a></li>
<li><a href="long.txt">long.txt</a></li>
</ul>`);
  expect(run('curl -si http://10.1.0.1:8000/a%20%3Cb%3E?x').out).toContain('Location: /a%20%3Cb%3E/?x\r\n');
  expect(run('curl -s http://10.1.0.1:8000/../index.txt').out).toBe('hello\n');
  expect(run('curl -sf http://10.1.0.1:8000/index.txt/').status).toBe(22);
});

it('ends the listening when it is interrupted', () => {
  const { run, server, log } = machine();
  if ('cancel' in server) server.cancel();
  expect(log()).toContain('Keyboard interrupt received, exiting.');
  expect(run('curl -s http://10.1.0.1:8000/').status).toBe(7);
});
