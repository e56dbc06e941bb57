/** Pasted outputs to facts: which program printed each is known by what it says. */
import { problemAt } from '../yaml/node.ts';
import type { Problem } from '../../base/result.ts';
import { readBridgeMacs, readBridges } from './brctl.ts';
import { readBridgeFdb, readBridgeLinks, readBridgeVlans } from './bridge.ts';
import { readContainers } from './containers.ts';
import { readLinks } from './ip.ts';
import { readJson } from './json.ts';
import { readCloudNetworks, readCloudPorts, readServers } from './openstack.ts';
import { readLogical } from './ovn-nbctl.ts';
import { readOpenFlowPorts, readOvsPorts, readOvsShow } from './openvswitch.ts';
import type { OutputReader, Pasted, PastedFact } from './output.ts';
import { readLibvirtXml } from './libvirt-xml.ts';
import { readNetworkManager } from './nmcli.ts';
import { readResources } from './pcs.ts';
import { readRoutes } from './routes.ts';
import { splitPaste } from './split.ts';
import { readDomainInterfaces, readDomains } from './virsh.ts';

const READERS: readonly OutputReader[] = [
  readDomainInterfaces,
  readDomains,
  readLibvirtXml,
  readNetworkManager,
  readBridges,
  readBridgeMacs,
  readBridgeVlans,
  readBridgeLinks,
  readBridgeFdb,
  readLogical,
  readOvsShow,
  readOpenFlowPorts,
  readOvsPorts,
  readServers,
  readCloudPorts,
  readCloudNetworks,
  readResources,
  readContainers,
  readJson,
  readRoutes,
  readLinks,
];

/** Inside a namespace of a machine: its devices are not the machine's own. */
const ELSEWHERE = /\bip\s+netns\s+exec\s+(\S+)/;

/** Reads one paste, which may hold several outputs with their prompts. `file` names it in problems. */
export function readPasted(text: string, file: string): Pasted {
  const problems: Problem[] = [];
  const facts = splitPaste(text).flatMap((part): readonly PastedFact[] => {
    const problem = (at: number, message: string): void =>
      void problems.push(problemAt({ file, line: part.line + at, column: 1 }, message, 'warning'));
    const [, namespace] = ELSEWHERE.exec(part.command ?? '') ?? [];
    if (namespace !== undefined) {
      problem(0, `what is in the namespace ${namespace} is not read here`);
      return [];
    }
    for (const reader of READERS) {
      const found = reader(part, problem);
      if (found) return found;
    }
    if (part.lines.some((line) => line.trim() !== '')) problem(0, 'this is no output that is read here');
    return [];
  });
  return { facts, problems };
}
