/** Connections that the southbound server listens on or makes, and its TLS files. */
import { present } from '../../base/assert.ts';
import type { SbRow, SbSchema } from '../../ovsdb/index.ts';
import { connectionColumns, connectionCommands } from '../ovsdb/connection-commands.ts';
import type { SbctlContext } from './info.ts';

const globalRow = (ctx: SbctlContext): SbRow<'SB_Global'> => present([...ctx.txn.rows('SB_Global')][0]);

export const CONNECTION_COMMANDS = connectionCommands<SbSchema>({
  lines: (ctx) =>
    ctx
      .rows('Connection')
      .map(
        ({ read_only, role, target }) =>
          `${read_only ? 'read-only' : 'read-write'} role="${role}" ${target}\n`,
      ),
  /** `[read-only|read-write] [role=ROLE] TARGET ...`: words before a target hold for all that follow. */
  replace(ctx, words) {
    for (const row of ctx.rows('Connection')) ctx.delete('Connection', row._uuid);
    let read_only = false;
    let role = '';
    const connections = words.flatMap((word) => {
      if (word === 'read-only' || word === 'read-write') read_only = word === 'read-only';
      else if (word.startsWith('role=')) role = word.slice('role='.length);
      else return [ctx.insert('Connection', { ...connectionColumns(ctx, word), read_only, role })];
      return [];
    });
    ctx.update('SB_Global', globalRow(ctx)._uuid, { connections });
  },
  ssl: (ctx) => ctx.first('SSL'),
  replaceSsl(ctx, columns) {
    const { _uuid, ssl: old } = globalRow(ctx);
    if (old !== null) ctx.delete('SSL', old);
    ctx.update('SB_Global', _uuid, { ssl: columns === null ? null : ctx.insert('SSL', columns) });
  },
});
