/** Face of TripleO's readers: files in, a deployment or a world's machines out. */
export { centralNode, joinChassis } from './ovn-chassis.ts';
export { readDeployment } from './read-deployment.ts';
export { LAYOUT_BRIDGE, NIC_LAYOUTS } from './nic-layouts.table.ts';
export { nicTemplates } from './nic-config.ts';
export { planWorld, type WorldPlan } from './plan-world.ts';
export type { Deployment } from './deployment.ts';
export { deviceLines } from './template-lines.ts';
