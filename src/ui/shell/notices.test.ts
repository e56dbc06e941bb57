import { expect, it } from 'vitest';
import { createNotices } from './notices.ts';

it('each kind is shown once, and one that was read comes back only when it says something else', () => {
  const notices = createNotices();
  let told = 0;
  notices.subscribe(() => void (told += 1));
  notices.put({ kind: 'keeping', trouble: 'full' });
  notices.put({ kind: 'keeping', trouble: 'full' });
  notices.put({ kind: 'newer' });
  expect(notices.all()).toEqual([{ kind: 'keeping', trouble: 'full' }, { kind: 'newer' }]);
  expect(told).toBe(2);
  notices.close('keeping');
  notices.put({ kind: 'keeping', trouble: 'full' });
  expect(notices.all()).toEqual([{ kind: 'newer' }]);
  notices.put({ kind: 'keeping', trouble: 'refused' });
  expect(notices.all()).toEqual([{ kind: 'newer' }, { kind: 'keeping', trouble: 'refused' }]);
});

it('what is no longer so is taken away, and told again when it comes back', () => {
  const notices = createNotices();
  notices.put({ kind: 'keeping', trouble: 'full' });
  notices.close('keeping');
  notices.withdraw('keeping');
  notices.put({ kind: 'keeping', trouble: 'full' });
  expect(notices.all()).toHaveLength(1);
  notices.withdraw('keeping');
  expect(notices.all()).toEqual([]);
});

it('a part that failed again is told again', () => {
  const notices = createNotices();
  notices.put({ kind: 'part' });
  notices.close('part');
  notices.put({ kind: 'part' });
  expect(notices.all()).toEqual([{ kind: 'part' }]);
});
