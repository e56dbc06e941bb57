/** The NIC template of a node with the lines that made each device. */
import { deviceLines } from '../../../core/readers/tripleo/index.ts';
import type { NicTemplate } from '../../questions/deployment.ts';
import type { DeploymentSet } from '../deployment-files.ts';

export function nicTemplate(set: DeploymentSet | null, name: string): NicTemplate | null {
  const node = set?.deployment.nodes.find((one) => one.name === name);
  const file = node?.template ?? null;
  const text = file === null ? undefined : set?.files.get(file);
  if (!node || file === null || text === undefined) return null;
  return {
    node: name,
    role: node.role,
    file,
    text,
    devices: [...deviceLines(node.devices, file, text)].map(([device, lines]) => ({
      name: device.name,
      kind: device.kind,
      lines,
    })),
  };
}
