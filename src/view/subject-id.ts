/** One stable string for each thing that can be selected: the page's `Subject` and the diagram's node id are the same name. */
import type { Subject } from '../engine/protocol.ts';

const join = (kind: string, ...parts: readonly string[]): string =>
  `${kind}:${parts.map(encodeURIComponent).join('/')}`;

/** Injective: two subjects give the same id only when they are equal. */
export function subjectId(subject: Subject): string {
  switch (subject.kind) {
    case 'host':
      return join('host', subject.host);
    case 'namespace':
      return join('namespace', subject.host, subject.namespace);
    case 'link':
      return join('link', subject.host, subject.namespace, subject.device);
    case 'bridge':
      return join('bridge', subject.host, subject.bridge);
    case 'port':
      return join('port', subject.host, subject.bridge, subject.port);
    case 'table':
      return join('table', subject.host, subject.bridge, String(subject.table));
    case 'tunnel':
      return join('tunnel', subject.id);
    case 'segment':
    case 'speaker':
    case 'bgp-session':
      return join(subject.kind, subject.id);
    case 'logical-switch':
    case 'logical-router':
    case 'logical-port':
      return join(subject.kind, subject.uuid);
    case 'program':
      return join('program', subject.host, subject.name, subject.database);
  }
}

/** The subject that an id names; null for ids that stand for no single thing (folds, labels) and for foreign text. */
export function subjectOf(id: string): Subject | null {
  const colon = id.indexOf(':');
  if (colon < 0) return null;
  const kind = id.slice(0, colon);
  const parts = decodeParts(id.slice(colon + 1));
  if (parts === null) return null;
  const [a = '', b = '', c = ''] = parts;
  const has = (length: number): boolean => parts.length === length;
  switch (kind) {
    case 'host':
      return has(1) ? { kind, host: a } : null;
    case 'namespace':
      return has(2) ? { kind, host: a, namespace: b } : null;
    case 'link':
      return has(3) ? { kind, host: a, namespace: b, device: c } : null;
    case 'bridge':
      return has(2) ? { kind, host: a, bridge: b } : null;
    case 'port':
      return has(3) ? { kind, host: a, bridge: b, port: c } : null;
    case 'table':
      return has(3) && /^\d{1,9}$/.test(c) ? { kind, host: a, bridge: b, table: Number(c) } : null;
    case 'tunnel':
    case 'segment':
    case 'speaker':
    case 'bgp-session':
      return has(1) ? { kind, id: a } : null;
    case 'logical-switch':
    case 'logical-router':
    case 'logical-port':
      return has(1) ? { kind, uuid: a } : null;
    case 'program':
      return has(3) ? { kind, host: a, name: b, database: c } : null;
    default:
      return null;
  }
}

function decodeParts(text: string): readonly string[] | null {
  try {
    return text.split('/').map(decodeURIComponent);
  } catch {
    return null; // a lone percent sign: not one of ours
  }
}
