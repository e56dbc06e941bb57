/** Connections that the southbound server listens on or makes, and its TLS files. */
import { present } from '../../base/assert.ts';
import type { SbRow, SbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { isKnownTarget } from '../ovsdb/connection-target.ts';
import { atoi } from '../ovsdb/scan.ts';
import { sslText } from '../ovsdb/ssl.ts';
import type { SbctlContext } from './info.ts';

const globalRow = (ctx: SbctlContext): SbRow<'SB_Global'> => present([...ctx.txn.rows('SB_Global')][0]);

/** `[read-only|read-write] [role=ROLE] TARGET ...`: words before a target hold for all that follow. */
function setConnections(ctx: SbctlContext, words: readonly string[]): void {
  for (const row of ctx.rows('Connection')) ctx.delete('Connection', row._uuid);
  const probe = ctx.option('--inactivity-probe');
  let read_only = false;
  let role = '';
  const connections = words.flatMap((word) => {
    if (word === 'read-only' || word === 'read-write') {
      read_only = word === 'read-only';
      return [];
    }
    if (word.startsWith('role=')) {
      role = word.slice(5);
      return [];
    }
    if (!isKnownTarget(word)) ctx.warn(`target type "${word}" is possibly erroneous`);
    const inactivity = probe === undefined ? {} : { inactivity_probe: atoi(probe) };
    return [ctx.insert('Connection', { target: word, read_only, role, ...inactivity })];
  });
  ctx.update('SB_Global', globalRow(ctx)._uuid, { connections });
}

function setSsl(ctx: SbctlContext, words: readonly string[] | null): void {
  const { _uuid, ssl: old } = globalRow(ctx);
  if (old !== null) ctx.delete('SSL', old);
  if (words === null) return ctx.update('SB_Global', _uuid, { ssl: null });
  const [
    private_key = '',
    certificate = '',
    ca_cert = '',
    ssl_protocols = '',
    ssl_ciphers = '',
    ssl_ciphersuites = '',
  ] = words;
  const ssl = ctx.insert('SSL', {
    private_key,
    certificate,
    ca_cert,
    bootstrap_ca_cert: ctx.has('--bootstrap'),
    ssl_protocols,
    ssl_ciphers,
    ssl_ciphersuites,
  });
  return ctx.update('SB_Global', _uuid, { ssl });
}

export const CONNECTION_COMMANDS: readonly Command<SbSchema>[] = [
  {
    name: 'get-connection',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      const lines = ctx
        .rows('Connection')
        .map(
          ({ read_only, role, target }) =>
            `${read_only ? 'read-only' : 'read-write'} role="${role}" ${target}\n`,
        );
      ctx.print([...new Set(lines)].sort().join(''));
    },
  },
  {
    name: 'del-connection',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: true,
    run: (ctx) => setConnections(ctx, []),
  },
  {
    name: 'set-connection',
    least: 1,
    most: Infinity,
    synopsis: 'TARGET...',
    options: '--inactivity-probe=',
    writes: true,
    run: (ctx) => setConnections(ctx, ctx.argv.slice(1)),
  },
  {
    name: 'get-ssl',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      const ssl = ctx.first('SSL');
      if (ssl !== undefined) ctx.print(sslText(ssl));
    },
  },
  {
    name: 'del-ssl',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: true,
    run: (ctx) => setSsl(ctx, null),
  },
  {
    name: 'set-ssl',
    least: 3,
    most: 6,
    synopsis: 'PRIVATE-KEY CERTIFICATE CA-CERT [SSL-PROTOS [SSL-CIPHERS [SSL-CIPHERSUITES]]]',
    options: '--bootstrap',
    writes: true,
    run: (ctx) => setSsl(ctx, ctx.argv.slice(1)),
  },
];
