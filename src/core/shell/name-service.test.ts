import { expect, it } from 'vitest';
import { nameService } from './name-service.ts';

const names = nameService(`127.0.0.1 localhost
172.17.1.101 controller-1.redhat.local controller-1   # its own name
172.17.1.101 controller-1.internalapi.redhat.local Controller-1.InternalApi
2001:db8::1 six
nonsense
`);

it.each<[string, 4 | 6 | null, string | undefined]>([
  ['controller-1.internalapi', 4, 'controller-1.internalapi.redhat.local'],
  ['CONTROLLER-1', null, 'controller-1.redhat.local'],
  ['six', null, 'six'],
  ['six', 4, undefined],
  ['its', null, undefined],
  ['nobody', null, undefined],
])('%s (%s) is %s', (name, family, canonical) => {
  expect(names.resolve(name, family)?.canonical).toBe(canonical);
});

it('names an address by the first line that has it', () => {
  expect(names.nameOf({ family: 4, address: 0xac110165n })).toBe('controller-1.redhat.local');
  expect(names.nameOf({ family: 4, address: 1n })).toBeUndefined();
});
