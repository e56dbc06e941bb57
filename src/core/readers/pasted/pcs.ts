/** Resources of `pcs status`. */
import type { OutputReader } from './output.ts';

const RESOURCE = /^\s*\*?\s*(\S+)\s+\((ocf:[\w:]+|systemd:[\w@.-]+|stonith:[\w-]+)\):\s+(\w+)(?:\s+(\S+))?/;

export const readResources: OutputReader = ({ lines }) => {
  const resources = lines.flatMap((line) => {
    const [, name, agent, state, node] = RESOURCE.exec(line) ?? [];
    return name === undefined || agent === undefined || state === undefined
      ? []
      : [{ name, agent, state, node: node === undefined || node.startsWith('(') ? null : node }];
  });
  return resources.length === 0 ? undefined : [{ kind: 'cluster-resources', resources }];
};
