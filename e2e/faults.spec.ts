/** Things broken on purpose, from the thing itself; shown while they last; mended again. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

const PING = 'ip netns exec vm1 ping 192.168.0.12 -c1 -W1';

test('a cable, a segment and a daemon', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('multinode-ovn');
  const faults = page.getByRole('list', { name: 'Faults' });
  const choose = async (thing: string, entry: string): Promise<void> => {
    // Only rows in view exist.
    await bench.explorer.press(thing === 'central' ? 'Home' : 'End');
    await bench.thing(thing).last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: entry }).click();
  };

  await test.step('a cable that is out', async () => {
    await choose('eth1', 'Pull the cable out');
    await expect(faults).toContainText('eth1 of worker2: cable out');
    expect(await bench.type('worker2', 'ip link show eth1')).toContain('NO-CARRIER');
    expect(await bench.type('worker1', PING)).toContain('100% packet loss');
  });

  await test.step('is mended from where it shows', async () => {
    await faults.getByRole('button', { name: /^Mend eth1/ }).click();
    await expect(faults).toBeHidden();
    expect(await bench.type('worker1', PING)).toContain(' 0% packet loss');
  });

  await test.step('a cable that loses every frame, said of the step where one died', async () => {
    await choose('eth1', 'Lose 100 % of its frames');
    expect(await bench.type('worker1', PING)).toContain('100% packet loss');
    await bench.dockTab('Trace').click();
    await expect(page.getByRole('option', { name: /lost/ }).first()).toBeVisible();
    await faults.getByRole('button', { name: /^Mend eth1/ }).click();
    await expect(faults).toBeHidden();
  });

  await test.step('a segment that carries too little, with the packet that died on it', async () => {
    await choose('underlay', 'Carry 576 octets at most');
    expect(await bench.type('worker1', `${PING} -s 1000`)).toContain('100% packet loss');
    await bench.dockTab('Trace').click();
    await expect(page.getByRole('option', { name: /mtu 576/ }).first()).toBeVisible();
    await choose('underlay', 'Carry what the devices send');
    await expect(faults).toBeHidden();
  });

  await test.step('a switch without its daemon, and with it again', async () => {
    await choose('central', 'Stop ovs-vswitchd');
    await expect(faults).toContainText('ovs-vswitchd of central: stopped');
    expect(await bench.type('central', 'ovs-ofctl show br-int')).toContain('not a bridge or a socket');
    await faults.getByRole('button', { name: /^Mend ovs-vswitchd/ }).click();
    await expect(faults).toBeHidden();
    expect(await bench.type('central', 'ovs-ofctl show br-int')).toContain('OFPT_FEATURES_REPLY');
  });

  await test.step('a daemon that stands still, then catches up', async () => {
    await choose('central', 'Stop ovn-northd');
    await bench.type('central', 'ovn-nbctl acl-add network1 to-lport 1000 1 drop');
    expect(await bench.type('worker1', PING)).toContain(' 0% packet loss');
    await page.reload();
    await expect(faults).toContainText('ovn-northd of central: stands still');
    await choose('central', 'Let ovn-northd go on');
    expect(await bench.type('worker1', PING)).toContain('100% packet loss');
  });
  expect(bench.problems).toEqual([]);
});

test('a fault that a release is known for is there from the start and can be patched', async ({ page }) => {
  const PING_GUEST = 'ping 2001:db8::f816:3eff:fe1e:5a0f -c1';
  const DRIFT = 'ovn-controller of cmp-3-1: conjunction ids drift';
  const bench = new Workbench(page);
  await bench.open('where-is-my-packet');
  const faults = page.getByRole('list', { name: 'Faults' });
  const ask = faults.getByRole('button', { name: 'Show what is wrong here' });
  await expect(ask).toBeVisible();
  await expect(faults).not.toContainText('conjunction');
  expect(await bench.type('client', PING_GUEST)).toContain('100% packet loss');

  await test.step('named when the user asks', async () => {
    await ask.click();
    await expect(faults).toContainText(DRIFT);
    await expect(ask).toBeHidden();
  });

  await test.step('patched: the ping works, after a reload too', async () => {
    await faults.getByRole('button', { name: `Mend ${DRIFT}` }).click();
    await expect(faults).toBeHidden();
    expect(await bench.type('client', PING_GUEST)).toContain(' 0% packet loss');
    await page.reload();
    await expect(bench.explorer).toBeVisible();
    await expect(faults).toBeHidden();
    expect(await bench.type('client', PING_GUEST)).toContain(' 0% packet loss');
  });

  await test.step('and back again, from the machine', async () => {
    await bench.explorer.press('Home');
    await bench.thing('cmp-3-1').first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Take the patch out: conjunction ids drift' }).click();
    await expect(faults).toContainText(DRIFT);
  });
  expect(bench.problems).toEqual([]);
});
