/** Deployments of one's own: the same files with other counts and NICs, and outputs that were pasted. */
import { expect, test } from '@playwright/test';
import { Workbench } from './workbench.ts';

test('another layout of NICs and one more node, from the files of a deployment', async ({ page }) => {
  const bench = new Workbench(page);
  await bench.open('tripleo-layout');
  await page
    .getByRole('tablist', { name: 'Lens' })
    .getByRole('tab', { name: /^Deployment/ })
    .click();
  const deployment = page.getByRole('region', { name: 'Deployment' });
  await deployment.getByRole('button', { name: 'What if' }).click();
  const open = deployment.getByRole('button', { name: 'Open as changed' });
  await expect(open).toBeDisabled();
  const nodes = deployment.getByRole('textbox', { name: 'Compute', exact: true });
  await nodes.fill('201');
  await expect(deployment).toContainText('0 to 200');
  await expect(open).toBeDisabled();
  await nodes.fill('2');
  const templates = deployment.getByRole('combobox', { name: /^NIC template of/ });
  for (const template of await templates.all())
    await template.selectOption({ label: 'VLANs on a Linux bond' });
  await deployment.getByRole('textbox', { name: 'VLAN of InternalApi' }).fill('200');
  await deployment.getByRole('textbox', { name: 'Subnet of InternalApi' }).fill('10.77.0.0/22');
  await open.click();
  await expect(page).toHaveURL(/changed/, { timeout: 120_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('changed');
  const bond = await bench.type('compute-1', 'ip -br addr show type vlan');
  expect(bond).toMatch(/^vlan200@bond1\s+UP\s+10\.77\.0\.\d+\/22/m);
  const ping = await bench.type('compute-1', 'ping -c1 -W1 controller-2.internalapi.redhat.local');
  expect(ping).toContain('1 received');
  // The set that it came from is as it was.
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('changed');
  expect(await bench.type('compute-0', 'ip -br link show type bond')).toBe('');
  expect(bench.problems).toEqual([]);
});

const PASTED = `[root@hypervisor ~]# brctl show
bridge name	bridge id		STP enabled	interfaces
data		8000.5254007bc90a	yes		data-nic
							vnet1
[root@hypervisor ~]# virsh domiflist controller-0
 Interface   Type      Source   Model    MAC
------------------------------------------------------------
 vnet1       network   data     virtio   52:54:00:1c:44:26

[root@controller-0 ~]# ip addr show dev eth0
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 52:54:00:1c:44:26 brd ff:ff:ff:ff:ff:ff
    inet 172.17.2.36/24 brd 172.17.2.255 scope global eth0
       valid_lft forever preferred_lft forever
`;

test('outputs that are pasted open as a network; what they do not say is marked', async ({ page }) => {
  const bench = new Workbench(page);
  await page.goto('#/');
  await page.getByText('Paste outputs of a deployment').click();
  const box = page.getByRole('textbox', { name: 'Outputs' });
  await box.fill('nothing that any program prints');
  await page.getByRole('button', { name: 'Open what is pasted' }).click();
  const refusal = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await expect(refusal).toContainText('pasted outputs');
  await page.keyboard.press('Escape');
  await expect(box).toHaveValue('nothing that any program prints');
  await box.fill(PASTED);
  await page.getByRole('button', { name: 'Open what is pasted' }).click();
  await expect(bench.thing('controller-0')).toBeVisible();
  expect(await bench.type('hypervisor', 'virsh domiflist controller-0')).toMatch(
    /vnet1\s+network\s+data\s+virtio\s+52:54:00:1c:44:26/,
  );
  expect(await bench.type('controller-0', 'ip -br -4 addr show dev eth0')).toMatch(/172\.17\.2\.36\/24/);
});
