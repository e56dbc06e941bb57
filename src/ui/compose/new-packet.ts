/** What the composer begins with when nothing was chosen. */
import type { ComposeDraft } from '../store/slices.ts';

export const PING: ComposeDraft = { kind: 'ping', from: null, to: null };
