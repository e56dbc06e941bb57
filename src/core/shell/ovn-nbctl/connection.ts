/** Connections that the northbound server listens on or makes, and its TLS files. */
import { present } from '../../base/assert.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import { connectionColumns, connectionCommands } from '../ovsdb/connection-commands.ts';
import type { NbctlContext } from './lookup.ts';

const globalRow = (ctx: NbctlContext): NbRow<'NB_Global'> => present([...ctx.txn.rows('NB_Global')][0]);

export const CONNECTION_COMMANDS = connectionCommands<NbSchema>({
  lines: (ctx) => ctx.rows('Connection').map(({ target }) => `${target}\n`),
  replace(ctx, targets) {
    for (const row of ctx.rows('Connection')) ctx.delete('Connection', row._uuid);
    const connections = targets.map((target) => ctx.insert('Connection', connectionColumns(ctx, target)));
    ctx.update('NB_Global', globalRow(ctx)._uuid, { connections });
  },
  ssl: (ctx) => ctx.first('SSL'),
  replaceSsl(ctx, columns) {
    const { _uuid, ssl: old } = globalRow(ctx);
    if (old !== null) ctx.delete('SSL', old);
    ctx.update('NB_Global', _uuid, { ssl: columns === null ? null : ctx.insert('SSL', columns) });
  },
});
