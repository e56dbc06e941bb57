/** Nodes and resources of `pcs status`. */
import type { OutputReader } from './output.ts';

const RESOURCE = /^\s*\*?\s*(\S+)\s+\((ocf:[\w:]+|systemd:[\w@.-]+|stonith:[\w-]+)\):\s+(\w+)(?:\s+(\S+))?/;

/** Members of the cluster; containers that take part as guests are told otherwise. */
const NODES = /^\s*\*?\s*(?:Online|OFFLINE|Offline|Standby):\s*\[\s*(.*?)\s*\]/;

export const readResources: OutputReader = ({ lines }) => {
  const resources = lines.flatMap((line) => {
    const [, name, agent, state, node] = RESOURCE.exec(line) ?? [];
    return name === undefined || agent === undefined || state === undefined
      ? []
      : [{ name, agent, state, node: node === undefined || node.startsWith('(') ? null : node }];
  });
  const nodes = lines.flatMap((line) => {
    const [, listed] = NODES.exec(line) ?? [];
    return listed === undefined ? [] : listed.trim().split(/\s+/);
  });
  if (resources.length === 0 && nodes.length === 0) return undefined;
  return [
    ...(nodes.length === 0 ? [] : [{ kind: 'cluster-nodes', nodes } as const]),
    ...(resources.length === 0 ? [] : [{ kind: 'cluster-resources', resources } as const]),
  ];
};
