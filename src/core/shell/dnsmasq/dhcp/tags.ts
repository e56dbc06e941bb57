/** Tags of a request: what ranges, hosts and options of dnsmasq are chosen by. */

/** Newest first. */
export type Tags = readonly string[];

/** Whether all of `wanted` are set (`!tag`: not set); an empty list is as `whenNone` says. */
export function tagsMatch(wanted: readonly string[], tags: Tags, whenNone: boolean): boolean {
  if (wanted.length === 0) return whenNone;
  return wanted.every((tag) => (tag.startsWith('!') ? !tags.includes(tag.slice(1)) : tags.includes(tag)));
}

/** The word of a `tag:` or `net:` prefix; undefined for any other. */
export const tagOf = (word: string): string | undefined => /^(?:tag|net):(.*)$/s.exec(word)?.[1];

/** The word behind `set:` or `net:`; undefined for any other. */
export const setTagOf = (word: string): string | undefined => /^(?:set|net):(.*)$/s.exec(word)?.[1];
