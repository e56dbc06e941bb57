/** What can be done with a thing, from its menu: the same in the picture, the tree and the inspector. */
import type { Subject } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { findLink } from './describe.ts';

/** Where packets of a thing can be captured. */
export interface CapturePlace {
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
}

/** Where a ping from a thing would start. */
export interface PingPlace {
  readonly host: string;
  readonly namespace: string;
}

/** The device of a port may have moved to a namespace; null when the kernel has none (a patch or tunnel port). */
export function capturePlace(subject: Subject, snapshot: WorldSnapshot): CapturePlace | null {
  switch (subject.kind) {
    case 'link':
      return { host: subject.host, namespace: subject.namespace, device: subject.device };
    case 'port': {
      const host = snapshot.hosts.find((other) => other.name === subject.host);
      for (const namespace of host?.namespaces ?? [])
        for (const link of namespace.links)
          if (link.ovsPort?.bridge === subject.bridge && link.ovsPort.port === subject.port)
            return { host: subject.host, namespace: namespace.name, device: link.name };
      const tunnel = snapshot.tunnels.find(
        (other) =>
          other.host === subject.host && other.bridge === subject.bridge && other.port === subject.port,
      );
      return tunnel ? tunnelPlace(tunnel, snapshot) : null;
    }
    case 'tunnel': {
      const tunnel = snapshot.tunnels.find((other) => other.id === subject.id);
      return tunnel ? tunnelPlace(tunnel, snapshot) : null;
    }
    case 'bridge':
      return findLink(snapshot, subject.host, '', subject.bridge)
        ? { host: subject.host, namespace: '', device: subject.bridge }
        : null;
    default:
      return null;
  }
}

function tunnelPlace(tunnel: WorldSnapshot['tunnels'][number], snapshot: WorldSnapshot): CapturePlace | null {
  return findLink(snapshot, tunnel.host, '', tunnel.device)
    ? { host: tunnel.host, namespace: '', device: tunnel.device }
    : null;
}

/** Null when nothing there has an address. */
export function pingPlace(subject: Subject, snapshot: WorldSnapshot): PingPlace | null {
  switch (subject.kind) {
    case 'host':
      return { host: subject.host, namespace: '' };
    case 'namespace':
      return { host: subject.host, namespace: subject.namespace };
    case 'link': {
      const link = findLink(snapshot, subject.host, subject.namespace, subject.device);
      return link && link.addresses.length > 0 ? { host: subject.host, namespace: subject.namespace } : null;
    }
    case 'port': {
      const place = capturePlace(subject, snapshot);
      if (!place) return null;
      return pingPlace({ kind: 'link', ...place }, snapshot);
    }
    default:
      return null;
  }
}

/** The address that one would ping to reach a thing, or null when it has none. */
export function pingAddress(subject: Subject, snapshot: WorldSnapshot): string | null {
  const host = snapshot.hosts.find((other) => 'host' in subject && other.name === subject.host);
  const ofLinks = (namespace: string): string | null => {
    const links = host?.namespaces.find((other) => other.name === namespace)?.links ?? [];
    const address = links.flatMap((link) => (link.kind === 'loopback' ? [] : link.addresses))[0];
    return address?.split('/')[0] ?? null;
  };
  switch (subject.kind) {
    case 'host':
      return host?.address ?? ofLinks('');
    case 'namespace':
      return ofLinks(subject.namespace);
    case 'link':
      return (
        findLink(snapshot, subject.host, subject.namespace, subject.device)?.addresses[0]?.split('/')[0] ??
        null
      );
    case 'port': {
      const place = capturePlace(subject, snapshot);
      return place ? pingAddress({ kind: 'link', ...place }, snapshot) : null;
    }
    default:
      return null;
  }
}

/** The machine whose terminal goes with a thing. */
export function hostOf(subject: Subject): string | null {
  return 'host' in subject ? subject.host : null;
}

/** Things at which a run can stop. */
export function canBreak(subject: Subject): boolean {
  return (
    subject.kind === 'link' ||
    subject.kind === 'port' ||
    subject.kind === 'bridge' ||
    subject.kind === 'host' ||
    subject.kind === 'namespace'
  );
}
