/** Targets of connections, managers and controllers: `tcp:HOST:PORT`, `ptcp:PORT`, `unix:FILE` ... */
const STREAM = /^(tcp|unix|ssl|fd|ptcp|punix|pssl):/;

/** True for an active or passive connection method that OVS knows. */
export const isKnownTarget = (target: string): boolean => STREAM.test(target);
