/** Routes that wait for a neighbour, by their attributes: those of equal ones go into one message. */
import type { ToldRoute } from './advertised-routes.ts';
import type { PathAttributes } from './attributes.ts';
import { sharedKey } from './equal-attributes.ts';
import type { Nlri } from './message/nlri.ts';

/** Prefixes that go out together. */
interface OutgoingGroup {
  /** The first of them; null: the default route that is made for the neighbour. */
  readonly route: ToldRoute | null;
  readonly attributes: PathAttributes;
  readonly nlris: Nlri[];
  /** They began in this router. */
  readonly isOwn: boolean;
}

export class OutgoingGroups {
  /** In the order of their first routes. */
  readonly all: OutgoingGroup[] = [];
  readonly #byKey = new Map<string, OutgoingGroup>();
  /** Routes of one UPDATE mostly have one object for their attributes. */
  readonly #byAttributes = new Map<PathAttributes, OutgoingGroup>();

  /** Another group, whatever its attributes. */
  begin(attributes: PathAttributes, route: ToldRoute | null, isOwn: boolean): OutgoingGroup {
    const group = { route, attributes, nlris: [], isOwn };
    this.all.push(group);
    return group;
  }

  /** The group of a route. */
  of(route: ToldRoute, isOwn: boolean): OutgoingGroup {
    const { attributes } = route;
    const same = this.#byAttributes.get(attributes);
    if (same !== undefined) return same;
    const key = sharedKey(attributes);
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = this.begin(attributes, route, isOwn);
      this.#byKey.set(key, group);
    }
    this.#byAttributes.set(attributes, group);
    return group;
  }
}
