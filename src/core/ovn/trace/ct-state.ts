/** Connection states as flags: `new|trk` as OVS writes them, `new,rpl` as `--ct` takes them. */
import { type Result, err, ok } from '../../base/result.ts';

const NAMES = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'] as const;

export const CT = { new: 1, est: 2, rel: 4, rpl: 8, inv: 16, trk: 32, snat: 64, dnat: 128 } as const;

/** `0` for none. */
export function formatCtState(state: number): string {
  const text = NAMES.filter((_name, bit) => (state & (1 << bit)) !== 0).join('|');
  return text === '' ? '0' : text;
}

/** The state that a list of flags describes; a tracked one, whatever the list says. */
export function parseCtState(text: string): Result<number> {
  let state: number = CT.trk;
  for (const name of text.split(/[, ]+/).filter((each) => each !== '')) {
    const bit = (NAMES as readonly string[]).indexOf(name);
    if (bit < 0) return err(`${name}: unknown connection tracking state flag`);
    state |= 1 << bit;
  }
  return ok(state);
}

/** Why no packet can have this state: the real program's warnings, '' for none. */
export function ctStateProblem(state: number): string {
  const flags = formatCtState(state);
  const problems: string[] = [];
  if (state !== 0 && (state & CT.trk) === 0) problems.push('If "trk" is unset, no other flags are set');
  if ((state & CT.inv) !== 0 && (state & ~(CT.trk | CT.inv)) !== 0)
    problems.push('when "inv" is set, only "trk" may also be set');
  if ((state & CT.new) !== 0 && (state & CT.est) !== 0)
    problems.push('"new" and "est" are mutually exclusive');
  if ((state & CT.new) !== 0 && (state & CT.rpl) !== 0)
    problems.push('"new" and "rpy" are mutually exclusive');
  return problems.map((problem) => `${flags}: invalid connection state: ${problem}\n`).join('');
}
