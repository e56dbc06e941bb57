/** Which of dnsmasq's options and boot files go to a client, by its tags. */
import type { BootFile } from './settings.ts';
import type { DhcpOption } from './option-value.ts';
import { tagsMatch, type Tags } from './tags.ts';

/**
 * At most one of each code: one for the client's tags goes before one for the range's alone, that before one for
 * everybody, and of two alike the one that was given last. In the order in which they are sent.
 */
export function chooseOptions(
  options: readonly DhcpOption[],
  tags: Tags,
  rangeTag: string | null,
): readonly DhcpOption[] {
  const chosen = new Map<number, DhcpOption>();
  const withRange = rangeTag === null ? tags : [rangeTag, ...tags];
  const add = (fits: (option: DhcpOption) => boolean): void => {
    const found = new Map<number, DhcpOption>();
    for (const option of options)
      if (fits(option) && !chosen.has(option.code) && !found.has(option.code)) found.set(option.code, option);
    for (const [code, option] of found) chosen.set(code, option);
  };
  add((option) => tagsMatch(option.tags, tags, false));
  add((option) => tagsMatch(option.tags, withRange, false));
  add((option) => option.tags.length === 0);
  return options.filter((option) => chosen.get(option.code) === option);
}

/** The boot file for a client: one for its tags before one for all. */
export const chooseBoot = (boots: readonly BootFile[], tags: Tags): BootFile | undefined =>
  boots.find((boot) => tagsMatch(boot.tags, tags, false)) ?? boots.find((boot) => boot.tags.length === 0);
