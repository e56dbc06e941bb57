/** `show vrf`. */
import type { ShowContext } from './context.ts';

/** VRFs that are there, and those that only the configuration names. */
export function vrfsText(context: ShowContext): string {
  const configured = context.config.vrfs;
  const known = context.zebra.vrfs().filter((vrf) => vrf.name !== 'default');
  const absent = [...configured.keys()].filter((name) => !known.some((vrf) => vrf.name === name));
  const lines = [
    ...known.map((vrf): [string, string] => [
      vrf.name,
      `id ${vrf.id} ${vrf.namespace === null ? `table ${vrf.table}` : `netns ${vrf.namespace}`}`,
    ]),
    ...absent.map((name): [string, string] => [name, 'inactive']),
  ];
  lines.sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    context.zebra.host.usesVrfNamespaces ? 'netns-based vrfs\n' : '',
    ...lines.map(([name, state]) => `vrf ${name} ${state}${configured.has(name) ? ' (configured)' : ''}\n`),
  ].join('');
}
