/** The workbench as a user works it: by role and accessible name. */
import { expect, type Locator, type Page } from '@playwright/test';

export class Workbench {
  readonly page: Page;
  readonly problems: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
  }

  /** Opens a scenario by its address, and waits until its machines run. */
  async open(scenario: string): Promise<void> {
    await this.page.goto(`#/s/${scenario}`);
    await expect(this.explorer).toBeVisible();
    await expect(this.page.getByRole('region', { name: 'In progress' })).toHaveCount(0);
  }

  get explorer(): Locator {
    return this.page.getByRole('tree', { name: 'Network' });
  }

  get inspector(): Locator {
    return this.page.getByRole('region', { name: 'Inspector' });
  }

  get dock(): Locator {
    return this.page.getByRole('region', { name: 'Dock' });
  }

  dockTab(name: string): Locator {
    return this.dock.getByRole('tab', { name, exact: true });
  }

  /** A thing of the explorer by its name. */
  thing(name: string): Locator {
    return this.explorer.getByRole('treeitem', { name: new RegExp(`^${name}(,|$)`) });
  }

  /** Brings a machine's terminal into view with the focus in it. */
  async terminal(host: string): Promise<Locator> {
    await this.dock.getByRole('tab', { name: /^Terminal/ }).click();
    await this.dock.getByRole('tab', { name: host, exact: true }).click();
    const input = this.page.getByRole('textbox', { name: `Terminal of ${host}` });
    await input.focus();
    return input;
  }

  /** All that a machine's terminal has shown. */
  async screen(host: string): Promise<string> {
    const region = this.page.getByRole('region', { name: `Terminal of ${host}` });
    await region.getByRole('button', { name: 'Copy all output' }).click();
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Types a line and gives what it printed, once the prompt is back. */
  async type(host: string, line: string): Promise<string> {
    const input = await this.terminal(host);
    await input.pressSequentially(line);
    await input.press('Enter');
    return this.outputOf(host, line);
  }

  /** What the newest `line` printed, once the prompt is back. */
  async outputOf(host: string, line: string): Promise<string> {
    const prompt = `[root@${host} ~]#`;
    let output = '';
    await expect
      .poll(
        async () => {
          const text = await this.screen(host);
          const at = text.lastIndexOf(`${prompt} ${line}\n`);
          output = at < 0 ? '' : text.slice(at + prompt.length + line.length + 2);
          return at >= 0 && output.trimEnd().endsWith(prompt);
        },
        { message: `the prompt after ${line}`, timeout: 60_000 },
      )
      .toBe(true);
    return output.slice(0, output.lastIndexOf(prompt));
  }

  /** Puts the playhead on the first step, wherever the focus is. */
  async goToStart(): Promise<void> {
    await this.page.getByRole('slider', { name: 'Timeline' }).press('Home');
    await expect(this.page.getByRole('status', { name: /^Step 1 of/ })).toBeVisible();
  }

  /** Presses a key that moves the playhead (`F10`, `F9`, ...) and waits until the page shows the step that it came to; false where it stayed. */
  async move(key: string): Promise<boolean> {
    const before = await this.position();
    await this.page.keyboard.press(key);
    const moved = await expect
      .poll(async () => (await this.position()).step, { timeout: 5000 })
      .not.toBe(before.step)
      .then(
        () => true,
        () => false,
      );
    await this.settled();
    return moved;
  }

  /** Waits until the inspector shows the step at the playhead. */
  async settled(): Promise<void> {
    await expect(this.inspector.locator('header[aria-busy=false]')).toBeVisible();
    await expect(this.inspector.locator('[aria-busy=true]')).toHaveCount(0);
  }

  /** The step that the playhead is at, and of how many. */
  async position(): Promise<{ readonly step: number; readonly of: number }> {
    const name = await this.page
      .getByRole('status', { name: /^Step \d+ of \d+$/ })
      .getAttribute('aria-label');
    const [step = 0, of = 0] = (name ?? '').match(/\d+/g)?.map(Number) ?? [];
    return { step, of };
  }
}
