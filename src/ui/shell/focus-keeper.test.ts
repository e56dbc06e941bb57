/** @vitest-environment happy-dom */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFocus } from './focus-keeper.ts';

let stop: AbortController;

beforeEach(() => {
  stop = new AbortController();
  keepFocus(
    document,
    { entries: ['#entry'], isShown: (element) => !element.hidden, later: (act) => queueMicrotask(act) },
    stop.signal,
  );
});
afterEach(() => stop.abort());

const named = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};

/** Gives the focus to `#here` in `html`, takes `gone` away, and says what has the focus then. */
async function after(
  html: string,
  gone: string,
  change: () => void = () => named(gone).remove(),
): Promise<string> {
  document.body.innerHTML = `<button id="entry">Entry</button>${html}`;
  // The focus that the page before lost finds its place first.
  await new Promise((done) => setTimeout(done));
  named('here').focus();
  change();
  await new Promise((done) => setTimeout(done));
  return document.activeElement?.id ?? '';
}

const row = (of: string, here = false): string =>
  `<li id="row-${of}"><button id="name-${of}">${of}</button><button id="${here ? 'here' : `remove-${of}`}">Remove</button></li>`;

it.each([
  [
    'the same control of the next row',
    `<ul>${row('a')}${row('b', true)}${row('c')}</ul>`,
    'row-b',
    'remove-c',
  ],
  ['of the row before, at the end', `<ul>${row('a')}${row('b', true)}</ul>`, 'row-b', 'remove-a'],
  [
    'the control beside a list that is gone',
    `<section><input id="add"><ul>${row('a', true)}</ul></section>`,
    'row-a',
    'add',
  ],
  [
    'a control above before a field',
    `<section><input><button id="clear">Clear</button><div><canvas id="here" tabindex="0"></canvas></div></section>`,
    'here',
    'clear',
  ],
  [
    'the first control of what stands after a list that is gone',
    `<ul id="list"><li><button>Name</button><button id="here">Mend</button></li></ul><div><a id="picture" href="#">picture</a><button>Zoom</button></div>`,
    'list',
    'picture',
  ],
  [
    'the panel, where nothing in it is left beside',
    `<div role="tabpanel" id="panel" tabindex="0"><p><button id="here">x</button></p></div>`,
    'here',
    'panel',
  ],
  ['the entry, where all of it is gone', `<p id="all"><button id="here">x</button></p>`, 'all', 'entry'],
  [
    'nothing that is hidden or left out of the order',
    `<p><button id="here">x</button><button hidden>y</button><button tabindex="-1">z</button><a id="link" href="#">w</a></p>`,
    'here',
    'link',
  ],
])('the focus goes to %s', async (_what, html, gone, expected) => {
  expect(await after(html, gone)).toBe(expected);
});

it('goes to the new panel when a tab’s panel is replaced', async () => {
  const html =
    '<section id="tabs"><button id="tab">Tab</button><div role="tabpanel" tabindex="0" id="old"><button id="here">x</button></div></section>';
  const replace = (): void => {
    named('old').remove();
    named('tabs').insertAdjacentHTML('beforeend', '<div role="tabpanel" tabindex="0" id="new">new</div>');
  };
  expect(await after(html, 'old', replace)).toBe('new');
});

it('goes to what is drawn anew in its place', async () => {
  const html =
    '<section id="body"><button>Zoom</button><canvas id="here" class="canvas" tabindex="0"></canvas></section>';
  const again = (): void => {
    named('here').remove();
    named('body').insertAdjacentHTML(
      'beforeend',
      '<div><canvas id="again" class="canvas" tabindex="0"></canvas></div>',
    );
  };
  expect(await after(html, 'here', again)).toBe('again');
});

it('stays where someone else has put it, and where a press on the ground let go of it', async () => {
  const html = '<p><button id="here">x</button><button id="next">y</button><button id="other">z</button></p>';
  const elsewhere = (): void => {
    named('here').remove();
    named('other').focus();
  };
  expect(await after(html, 'here', elsewhere)).toBe('other');
  expect(await after(html, 'here', () => named('here').blur())).toBe('');
});
