/** Machines in tiers: of each connected part those with most neighbours on top (a fabric's spines), then by distance from them. */

/**
 * Parts in order of their first machine; each a list of tiers, top first, ordered so that lines cross little. Of machines
 * with equally many neighbours those with fewer `speakers` are the higher ones, and no two on top are joined.
 */
export function tiersOf(
  ids: readonly string[],
  links: readonly (readonly [string, string])[],
  speakers: (id: string) => number,
): readonly (readonly (readonly string[])[])[] {
  const near = new Map<string, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const [a, b] of links) {
    near.get(a)?.add(b);
    near.get(b)?.add(a);
  }
  const degree = (id: string): number => near.get(id)?.size ?? 0;
  const seen = new Set<string>();
  const parts: (readonly (readonly string[])[])[] = [];
  for (const id of ids) {
    if (seen.has(id)) continue;
    const part = reach([id], near).flat();
    for (const member of part) seen.add(member);
    const inOrder = ids.filter((one) => part.includes(one));
    const most = Math.max(...inOrder.map(degree));
    const top: string[] = [];
    for (const one of inOrder
      .filter((other) => degree(other) === most)
      .toSorted((a, b) => speakers(a) - speakers(b)))
      if (!top.some((other) => near.get(other)?.has(one) === true)) top.push(one);
    parts.push(orderTiers(reach(top, near), near));
  }
  return parts;
}

/** Layers of equal distance from `sources`. */
function reach(
  sources: readonly string[],
  near: ReadonlyMap<string, ReadonlySet<string>>,
): readonly (readonly string[])[] {
  const seen = new Set(sources);
  const layers: string[][] = [];
  for (let front = [...sources]; front.length > 0;) {
    layers.push(front);
    const next: string[] = [];
    for (const id of front)
      for (const other of near.get(id) ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          next.push(other);
        }
    front = next;
  }
  return layers;
}

/** Each lower tier by the mean place of its neighbours in the tier above. */
function orderTiers(
  tiers: readonly (readonly string[])[],
  near: ReadonlyMap<string, ReadonlySet<string>>,
): readonly (readonly string[])[] {
  const ordered: (readonly string[])[] = [];
  for (const tier of tiers) {
    const above = new Map((ordered.at(-1) ?? []).map((id, index) => [id, index]));
    const place = (id: string): number => {
      const places = [...(near.get(id) ?? [])].flatMap((other) => above.get(other) ?? []);
      return places.length === 0 ? 0 : places.reduce((sum, at) => sum + at, 0) / places.length;
    };
    const places = new Map(tier.map((id) => [id, place(id)]));
    ordered.push(tier.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)));
  }
  return ordered;
}
