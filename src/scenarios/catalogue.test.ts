/** What the catalogue says of a scenario holds for the scenario that is made. */
import { expect, it } from 'vitest';
import { shapeOf } from '../core/sim/network-shape.ts';
import { CATALOGUE, findListing, findScenario } from './catalogue.ts';

it.each(CATALOGUE.map((listing) => [listing.id, listing] as const))(
  '%s is made as it is listed',
  async (id, listing) => {
    const scenario = await findScenario(id);
    if (!scenario) throw new Error('not made');
    const { title, summary, tryNext, machines } = scenario;
    expect({
      id: scenario.id,
      title,
      summary,
      tryNext,
      hosts: machines.length,
      shape: shapeOf(scenario),
    }).toEqual(listing);
    const names = new Set(machines.map(({ name }) => name));
    for (const { host } of tryNext) expect(names).toContain(host);
  },
);

it('lists a fabric of the size that is asked for, and nothing for other ids', async () => {
  expect(findListing('fabric-2x3')?.hosts).toBe(5);
  expect(findListing('no such scenario')).toBeUndefined();
  expect(await findScenario('no such scenario')).toBeUndefined();
});
