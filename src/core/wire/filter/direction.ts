/** Joins the tests of source and destination as a direction asks. */
import { FilterError } from './filter-error.ts';
import type { Direction } from './qualifier.ts';
import { and, or, type Test } from './test.ts';

/** What a direction is applied to; it decides the error of the wireless directions. */
export type Directed = 'address' | 'ether' | 'port' | 'portrange';

/** Throws FilterError for a direction that only 802.11 frames have. */
export function directed(
  direction: Direction | null,
  what: Directed,
  source: () => Test,
  destination: () => Test,
): Test {
  switch (direction) {
    case 'src':
      return source();
    case 'dst':
      return destination();
    case 'and':
      return and(source(), destination());
    case 'or':
    case null:
      return or(source(), destination());
    default:
      throw new FilterError(wirelessDirection(direction, what));
  }
}

function wirelessDirection(
  direction: 'addr1' | 'addr2' | 'addr3' | 'addr4' | 'ra' | 'ta',
  what: Directed,
): string {
  const long = direction.startsWith('addr');
  const words = long ? `'${direction}' and 'address${direction.slice(4)}'` : `'${direction}'`;
  if (what === 'ether') return `${words} ${long ? 'are' : 'is'} only supported on 802.11 with 802.11 headers`;
  const noun = {
    address: 'addresses other than 802.11 MAC addresses',
    port: 'ports',
    portrange: 'port ranges',
  }[what];
  return long
    ? `${words} are not valid qualifiers for ${noun}`
    : `${words} is not a valid qualifier for ${noun}`;
}
