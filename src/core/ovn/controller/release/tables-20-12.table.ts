/** The OpenFlow tables of the integration bridge in OVN 20.12. */
export const TABLES_20_12 = {
  phyToLog: 0,
  ingress: 8,
  remoteOutput: 32,
  localOutput: 33,
  checkLoopback: 34,
  egress: 40,
  saveInport: 64,
  logToPhy: 65,
  macBinding: 66,
  macLookup: 67,
} as const;
