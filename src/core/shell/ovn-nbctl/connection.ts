/** Connections that the northbound server listens on or makes, and its TLS files. */
import { present } from '../../base/assert.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { isKnownTarget } from '../ovsdb/connection-target.ts';
import { atoi } from '../ovsdb/scan.ts';
import { sslText } from '../ovsdb/ssl.ts';
import type { NbctlContext } from './lookup.ts';

const globalRow = (ctx: NbctlContext): NbRow<'NB_Global'> => present([...ctx.txn.rows('NB_Global')][0]);

function setConnections(ctx: NbctlContext, targets: readonly string[]): void {
  for (const row of ctx.rows('Connection')) ctx.delete('Connection', row._uuid);
  const probe = ctx.option('--inactivity-probe');
  const connections = targets.map((target) => {
    if (!isKnownTarget(target)) ctx.warn(`target type "${target}" is possibly erroneous`);
    return ctx.insert('Connection', {
      target,
      ...(probe === undefined ? {} : { inactivity_probe: atoi(probe) }),
    });
  });
  ctx.update('NB_Global', globalRow(ctx)._uuid, { connections });
}

function setSsl(ctx: NbctlContext, words: readonly string[] | null): void {
  const { _uuid, ssl: old } = globalRow(ctx);
  if (old !== null) ctx.delete('SSL', old);
  if (words === null) return ctx.update('NB_Global', _uuid, { ssl: null });
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
  return ctx.update('NB_Global', _uuid, { ssl });
}

export const CONNECTION_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'get-connection',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      const targets = ctx.rows('Connection').map(({ target }) => `${target}\n`);
      ctx.print([...new Set(targets)].sort().join(''));
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
