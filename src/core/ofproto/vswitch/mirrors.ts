/** The mirrors of a bridge as its configuration asks for them; those that cannot work are left out, as vswitchd leaves them. */
import { parseExactMatch } from '../../flow/exact-flow.ts';
import { matchOfFlow, type Match } from '../../flow/match.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { Mirror } from '../bridge/mirror.ts';
import type { Bundle } from '../bridge/port.ts';
import type { MirrorConfig } from './config.ts';

/** Sets of mirrors are 32 bits. */
const MAX_MIRRORS = 32;

/** What `filter` asks of a packet; undefined when it cannot be read, or names a port, which is for the selection to do. */
function filterOf(bridge: Bridge, text: string | null): Match | null | undefined {
  if (text === null || text === '') return null;
  const parsed = parseExactMatch(text, { names: bridge.names, tlv: bridge.tlv });
  if (!parsed.ok || parsed.value.mask[WORD.inPort] !== 0) return undefined;
  return matchOfFlow(parsed.value.flow, parsed.value.mask);
}

export function mirrorsOf(bridge: Bridge, configs: readonly MirrorConfig[]): Mirror[] {
  const all = bridge.bundles;
  const named = (names: readonly string[]): Bundle[] => all.filter(({ name }) => names.includes(name));
  const mirrors: Mirror[] = [];
  for (const config of configs) {
    const output = config.outputPort === null ? null : named([config.outputPort])[0];
    const filter = filterOf(bridge, config.filter);
    const hasOutput = output === null ? config.outputVlan !== null : output !== undefined;
    if (!hasOutput || filter === undefined || mirrors.length === MAX_MIRRORS) continue;
    mirrors.push({
      name: config.name,
      bit: mirrors.length,
      sources: new Set(config.selectAll ? all : named(config.selectSource)),
      destinations: new Set(config.selectAll ? all : named(config.selectDestination)),
      vlans: config.selectVlans.length === 0 ? null : new Set(config.selectVlans),
      output: output ?? null,
      outputVlan: config.outputVlan ?? 0,
      snapLength: config.snapLength,
      filter,
    });
  }
  return mirrors;
}
