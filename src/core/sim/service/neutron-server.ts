/** neutron-server as a load balancer sees it: an HTTP service that answers for the API's versions. */
import { parseIpv4 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Kernel } from '../../linux/index.ts';
import { bodySize, headText, join, readHead } from './http.ts';

const DEFAULT_PORT = 9696;

/** `bind_host` and `bind_port` of neutron.conf. */
function readNeutronConf(text: string): { readonly host: string; readonly port: number } {
  const value = (key: string): string | undefined =>
    new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1];
  return { host: value('bind_host') ?? '0.0.0.0', port: Number(value('bind_port') ?? DEFAULT_PORT) };
}

function answer(method: string, path: string, url: string): string {
  const version = { id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${url}/v2.0/` }] };
  const isRoot = path === '/';
  const body = isRoot
    ? JSON.stringify({ versions: [version] })
    : '{"error": {"code": 401, "title": "Unauthorized"}}';
  const sent = method === 'HEAD' || method === 'OPTIONS' ? '' : body;
  const head = headText(isRoot || method === 'OPTIONS' ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 401 Unauthorized', [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(sent.length)],
    ['Connection', 'close'],
  ]);
  return head + sent;
}

/** Listens as the configuration says; the value stops it. */
export function startNeutronServer(kernel: Kernel, conf: string): Result<() => void> {
  const { host, port } = readNeutronConf(conf);
  const local = parseIpv4(host);
  if (local === undefined) return err(`neutron-server: the bind_host ${host} is not modelled: IPv4 is`);
  const listening = kernel.tcpListen(
    '',
    {
      family: 4,
      port,
      program: 'neutron-server',
      ...(local === 0 ? {} : { local: BigInt(local) }),
    },
    (connection) => {
      let read: Uint8Array = new Uint8Array(0);
      return {
        onData(octets, parent) {
          read = join(read, octets);
          const head = readHead(read);
          if (head === undefined) return;
          if (head === null) {
            connection.abort(parent);
            return;
          }
          if (read.length < head.size + bodySize(head)) return;
          const [method = '', path = ''] = head.startLine.split(' ');
          connection.send(encodeUtf8(answer(method, path, `http://${host}:${port}`)), parent);
          connection.close();
        },
        onClosed: () => undefined,
      };
    },
  );
  return listening.ok ? ok(listening.value) : err(`neutron-server: ${host}:${port} cannot be listened on`);
}
