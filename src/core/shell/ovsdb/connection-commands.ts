/** The commands about a server's connections and TLS files, which ovn-nbctl and ovn-sbctl share; and `get-ssl` of all three programs. */
import type { Schema } from '../../ovsdb/index.ts';
import type { Command } from './command.ts';
import { isKnownTarget } from './connection-target.ts';
import type { CtlContext } from './context.ts';
import { atoi } from './scan.ts';

export interface SslRow {
  readonly private_key: string;
  readonly certificate: string;
  readonly ca_cert: string;
  readonly bootstrap_ca_cert: boolean;
}

export function sslText(ssl: SslRow): string {
  return `Private key: ${ssl.private_key}\nCertificate: ${ssl.certificate}\nCA Certificate: ${ssl.ca_cert}\nBootstrap: ${ssl.bootstrap_ca_cert}\n`;
}

/** The columns of a row of `SSL` by the words of `set-ssl`. */
function sslColumns<S extends Schema>(ctx: CtlContext<S>, words: readonly string[]) {
  const [private_key = '', certificate = '', ca_cert = ''] = words;
  const [, , , ssl_protocols = '', ssl_ciphers = '', ssl_ciphersuites = ''] = words;
  const bootstrap_ca_cert = ctx.has('--bootstrap');
  return {
    private_key,
    certificate,
    ca_cert,
    bootstrap_ca_cert,
    ssl_protocols,
    ssl_ciphers,
    ssl_ciphersuites,
  };
}

/** What a program does with its own database's rows. */
export interface ConnectionRows<S extends Schema> {
  /** A line for each connection, in any order. */
  lines(ctx: CtlContext<S>): readonly string[];
  /** Puts the connections of `words` in the place of those that are there. */
  replace(ctx: CtlContext<S>, words: readonly string[]): void;
  ssl(ctx: CtlContext<S>): SslRow | undefined;
  /** Puts `columns` in the place of the TLS files that are set; null for none. */
  replaceSsl(ctx: CtlContext<S>, columns: ReturnType<typeof sslColumns> | null): void;
}

const quiet = { least: 0, most: 0, synopsis: '', options: '' } as const;

export function connectionCommands<S extends Schema>(rows: ConnectionRows<S>): readonly Command<S>[] {
  return [
    {
      ...quiet,
      name: 'get-connection',
      writes: false,
      run: (ctx) => ctx.print([...new Set(rows.lines(ctx))].sort().join('')),
    },
    { ...quiet, name: 'del-connection', writes: true, run: (ctx) => rows.replace(ctx, []) },
    {
      name: 'set-connection',
      least: 1,
      most: Infinity,
      synopsis: 'TARGET...',
      options: '--inactivity-probe=',
      writes: true,
      run: (ctx) => rows.replace(ctx, ctx.argv.slice(1)),
    },
    {
      ...quiet,
      name: 'get-ssl',
      writes: false,
      run(ctx) {
        const ssl = rows.ssl(ctx);
        if (ssl !== undefined) ctx.print(sslText(ssl));
      },
    },
    { ...quiet, name: 'del-ssl', writes: true, run: (ctx) => rows.replaceSsl(ctx, null) },
    {
      name: 'set-ssl',
      least: 3,
      most: 6,
      synopsis: 'PRIVATE-KEY CERTIFICATE CA-CERT [SSL-PROTOS [SSL-CIPHERS [SSL-CIPHERSUITES]]]',
      options: '--bootstrap',
      writes: true,
      run: (ctx) => rows.replaceSsl(ctx, sslColumns(ctx, ctx.argv.slice(1))),
    },
  ];
}

/** The target of a connection, with a warning when no program knows its kind, and the probe that the command asks for. */
export function connectionColumns<S extends Schema>(
  ctx: CtlContext<S>,
  target: string,
): { readonly target: string; readonly inactivity_probe?: number } {
  if (!isKnownTarget(target)) ctx.warn(`target type "${target}" is possibly erroneous`);
  const probe = ctx.option('--inactivity-probe');
  return { target, ...(probe === undefined ? {} : { inactivity_probe: atoi(probe) }) };
}
