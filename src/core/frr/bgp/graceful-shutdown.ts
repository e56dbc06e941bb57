/** `bgp graceful-shutdown` (RFC 8326): what this router says is marked, and nobody should prefer it. */
import { COMMUNITY, type PathAttributes } from './attributes.ts';

/** The community joins the others, and the local preference falls to 0. */
export function markShuttingDown(attributes: PathAttributes): PathAttributes {
  const communities = new Set([...(attributes.communities ?? []), COMMUNITY.gracefulShutdown]);
  return { ...attributes, communities: [...communities].sort((a, b) => a - b), localPreference: 0 };
}
