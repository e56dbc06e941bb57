import { expect, it } from 'vitest';
import { fillTemplates } from './template-values.ts';

const VALUES = new Map([
  ['vip', '10.0.0.1'],
  ['port.a', '80'],
]);

it.each([
  ['ip4.dst == ^vip && tcp.dst == ^port.a', 'ip4.dst==10.0.0.1&&tcp.dst==80'],
  ['^vip:^port.a', '10.0.0.1:80'],
  // The real one leaves affinity flows of such load balancers out for that.
  ['commit_lb_aff(vip = "^vip:80", timeout = 30);', 'commit_lb_aff(vip="^vip:80",timeout=30);'],
  ['ip4.dst == ^vip || ip4.dst == ^other', 'ip4.dst == ^vip || ip4.dst == ^other'],
])('%s', (text, filled) => {
  expect(fillTemplates(text, VALUES)).toBe(filled);
});
