/** What a Hopscope document must look like: the check for links, files and storage, where anything may come in. */
import * as v from 'valibot';
import type { Result } from '../core/base/result.ts';
import type { Deed, HopscopeDocument } from '../engine/document.ts';

/**
 * Larger than any document that came to be by work: what is kept must open again, so none of these may be less than what the
 * page lets one do. They refuse a file that was made to fill the memory.
 */
const MOST_COMMANDS = 500_000;
const MOST_FILES = 10_000;
/** A heredoc is one line with all that it holds. */
const LONGEST_LINE = 10_000_000;
const LARGEST_FILE = 48_000_000;
const DEEPEST = 12;
/** Base64 of the largest frame that a device takes. */
const LARGEST_FRAME = 90_000;

const BASE64 = v.regex(/^[A-Za-z0-9+/]*={0,2}$/);

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const name = v.pipe(v.string(), v.maxLength(255));

const typed = v.strictObject({
  // Documents of the first days hold typed lines only and do not say so.
  kind: v.optional(v.literal('typed'), 'typed'),
  host: name,
  namespace: name,
  line: v.pipe(v.string(), v.maxLength(LONGEST_LINE)),
  at: count,
  until: v.exactOptional(count),
});

const injected = v.strictObject({
  kind: v.literal('inject'),
  host: name,
  namespace: name,
  device: name,
  direction: v.picklist(['in', 'out']),
  base64: v.pipe(v.string(), v.maxLength(LARGEST_FRAME), BASE64),
  at: count,
});

const fault = v.variant('kind', [
  v.strictObject({ kind: v.literal('cut'), host: name, device: name }),
  v.strictObject({ kind: v.literal('loss'), host: name, device: name, percent: v.number() }),
  v.strictObject({
    kind: v.literal('vlan'),
    host: name,
    device: name,
    vlan: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4094))),
  }),
  v.strictObject({ kind: v.literal('mtu'), segment: name, mtu: v.number() }),
  v.strictObject({ kind: v.literal('stopped'), host: name, program: v.literal('bgpd'), daemons: v.string() }),
  v.strictObject({
    kind: v.literal('stopped'),
    host: name,
    program: v.picklist(['ovn-controller', 'ovn-northd', 'ovs-vswitchd']),
  }),
  v.strictObject({ kind: v.literal('release'), host: name, fault: v.literal('conjunction-drift') }),
]);

const switched = v.strictObject({ kind: v.literal('fault'), fault, on: v.boolean(), at: count });

const messages = v.strictObject({
  kind: v.literal('messages'),
  act: v.picklist(['hold', 'release', 'deliver']),
  end: v.nullable(v.strictObject({ speaker: name, neighbour: name })),
  at: count,
});

const deed = v.union([typed, injected, switched, messages]);

const file = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(1024)),
  base64: v.pipe(v.string(), v.maxLength(LARGEST_FILE), BASE64),
});

const documentSchema = v.strictObject({
  format: v.literal('hopscope'),
  version: v.literal(1),
  scenario: v.nullable(v.pipe(v.string(), v.maxLength(255))),
  seed: count,
  commands: v.pipe(v.array(deed), v.maxLength(MOST_COMMANDS)),
  now: v.exactOptional(count),
  files: v.pipe(v.array(file), v.maxLength(MOST_FILES)),
  page: v.pipe(
    v.unknown(),
    v.check((value) => isShallow(value, DEEPEST), 'page state is nested too deeply'),
  ),
});

/** One deed of a document, or null when it is none. */
export function parseDeed(value: unknown): Deed | null {
  const result = v.safeParse(deed, value, { abortEarly: true });
  return result.success ? result.output : null;
}

/** Checks a parsed JSON value to be a document. The error names the first place that is wrong. */
export function parseDocument(value: unknown): Result<HopscopeDocument> {
  const result = v.safeParse(documentSchema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  return { ok: false, error: `not a Hopscope document: ${path === null ? '' : `${path}: `}${issue.message}` };
}

function isShallow(value: unknown, left: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (left === 0) return false;
  return Object.values(value).every((inner) => isShallow(inner, left - 1));
}
