/** What texts that a person types are read with. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';

/** With what texts for a bridge (or for none) are read: its names and options, and the log. */
export const readingOptions = (
  bridge: Bridge | null,
  { log, names }: Pick<OfctlOptions, 'log' | 'names'>,
): ActTextOptions => ({
  ...(bridge ? { tlv: bridge.tlv } : {}),
  ...(bridge && names !== false ? { names: messageNames(bridge) } : {}),
  warn: (module, text, level = 'WARN') => log(module, level, text),
});
