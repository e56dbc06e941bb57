import { expect, it } from 'vitest';
import { ANSIBLE, renderTemplate, TRIPLEO, type Dialect } from './render.ts';
import { fromData, type Data } from './value.ts';

const variables: Readonly<Record<string, Data>> = {
  names: ['Storage', 'Tenant'],
  lower: { Storage: 'storage', Tenant: 'tenant' },
  storage_mtu: 1500,
  tenant_mtu: 9000,
  role: { name: 'Compute', networks: { Storage: { subnet: 'a' }, Tenant: {} }, tags: [] },
  empty: null,
  yes: true,
};

const render = (template: string, dialect: Dialect = ANSIBLE) =>
  renderTemplate(
    template,
    't.j2',
    new Map(Object.entries(variables).map(([key, data]) => [key, fromData(data)])),
    dialect,
  );

// What Jinja2 3.1 answers for the same templates (with Ansible's settings).
it.each<[string, string]>([
  ['{{ names | join(",") }}', 'Storage,Tenant\n'],
  ['{{ names }}', "['Storage', 'Tenant']\n"],
  ['{{ [{"start": "10.0.0.4"}] }}', "[{'start': '10.0.0.4'}]\n"],
  ['{{ yes }} {{ empty }}.', 'True .\n'],
  ['{{ names[0] ~ "-" ~ names|length }}', 'Storage-2\n'],
  ['{{ 1 + 2 * 3 - 7 // 2 }} {{ 7 % 4 }} {{ -3 + 5 }}', '4 3 2\n'],
  ["{{ 'a' if 'Tenant' in names else 'b' }}", 'a\n'],
  ["{{ missing | default('x') }}{{ missing is defined }}", 'xFalse\n'],
  ['{{ role.networks is mapping and role.name == "Compute" }}', 'True\n'],
  ['{{ (missing|default({})).nodes|default(0) or names|length or 1 }}', '2\n'],
  ['{% for n in names %}\n- {{ n }} {{ loop.index }}\n{% endfor %}', '- Storage 1\n- Tenant 2\n\n'],
  ['{% for n in names if n.startswith("T") %}{{ n }}{% else %}none{% endfor %}', 'Tenant\n'],
  ['{% for n in [] %}x{% else %}none{% endfor %}', 'none\n'],
  [
    '{% for k, v in role.networks.items() %}{{ k }}={{ v }};{% endfor %}',
    "Storage={'subnet': 'a'};Tenant={};\n",
  ],
  [
    '{% set l = [1] %}\n{% for n in names %}\n{{ l.append(lookup("vars", lower[n] ~ "_mtu")) }}\n{%- endfor %}\n{{ l | max }}',
    '9000\n',
  ],
  ['a\n{# gone #}\nb', 'a\nb\n'],
  ['a {%- if yes %} b {% endif -%} c', 'a b c\n'],
  ['{% raw %}{{ x }}{% endraw %}', '{{ x }}\n'],
  ['{% set ns = namespace(n=1) %}{% for x in names %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}', '3\n'],
  ['{% set t %}{{ names[1] }}!{% endset %}<{{ t }}>', '<Tenant!>\n'],
  ['{% if false %}a{% elif yes %}b{% else %}c{% endif %}', 'b\n'],
  ['{{ names[-1][:3] }}', 'Ten\n'],
  [
    '{% set l = [1, 2] %}{% set gone = l.pop() %}{{ l }} {{ gone }} {{ l.insert(0, 5) }}{{ l }}',
    '[1] 2 [5, 1]\n',
  ],
  [
    "{{ lookup('ansible.builtin.vars', 'gone_mtu', default=1450) }} {{ query('vars', 'tenant_mtu')[0] }}",
    '1450 9000\n',
  ],
  ["{{ vars['storage_mtu'] }} {{ names | map('lower') | list }}", "1500 ['storage', 'tenant']\n"],
  ["{{ names | map('extract', lower) | join(' ') }}", 'storage tenant\n'],
  [
    "{{ names | select('match', 'S') | list }}{{ names | reject('in', ['Storage']) | list }}",
    "['Storage']['Tenant']\n",
  ],
  ["{{ [{'n': 'a', 'v': 1}, {'n': 'b'}] | selectattr('v', 'defined') | map(attribute='n') | first }}", 'a\n'],
  [
    "{{ {'a': 1} | combine({'b': 2}) }} {{ lower | dict2items | map(attribute='value') | join(',') }}",
    "{'a': 1, 'b': 2} storage,tenant\n",
  ],
  ['{{ [1, [2, [3]]] | flatten }} {{ [1, 2, 3] | intersect([3, 1]) }}', '[1, 2, 3] [1, 3]\n'],
  [
    "{{ 'ens3' | regex_replace('^ens(\\d+)$', 'eth\\1') }} {{ 'bond10' | regex_search('[0-9]+') }}",
    'eth3 10\n',
  ],
  [
    "{{ '192.168.24.7/24' | ansible.utils.ipaddr('address') }} {{ '192.168.24.7/24' | ipaddr('subnet') }} {{ '10.0.0.0/26' | ipaddr('netmask') }}",
    '192.168.24.7 192.168.24.0/24 255.255.255.192\n',
  ],
  [
    "{{ 'fd00:1::/64' | ipaddr(5) }} {{ 'x' | ipaddr }} {{ 'fd00::1' | ipwrap }} {{ '10.0.0.0/24' | nthhost(3) }}",
    'fd00:1::5/64 False [fd00::1] 10.0.0.3\n',
  ],
  ['{{ "a,b" | split(",") }} {{ \'{"a": [1]}\' | from_json }}', "['a', 'b'] {'a': [1]}\n"],
  ['{{ "x" | ternary("a", "b") }} {{ "yes" | bool }}', 'a True\n'],
])('%s', (template, expected) => {
  expect(render(template)).toMatchObject({ text: expected, problems: [] });
});

it('keeps line ends after statements as TripleO does, and prints None', () => {
  expect(render('{% if yes %}\na\n{% endif %}\n{{ empty }}\n', TRIPLEO).text).toBe('\na\n\nNone\n');
});

it('knows which line of the template wrote each line', () => {
  const { text, lines } = render('{% for n in names %}\n- name: {{ n }}\n  mtu: 1\n{% endfor %}\nend: 1\n');
  expect(text).toBe('- name: Storage\n  mtu: 1\n- name: Tenant\n  mtu: 1\nend: 1\n');
  expect(lines).toEqual([2, 3, 2, 3, 5]);
});

it.each<[string, string, number]>([
  ['a\n{{ x', '{{ is not closed', 2],
  ['{% for x in names %}\nb', 'unexpected end of template: else or endfor is missing', 1],
  ['{% endif %}', 'unexpected endif', 1],
  ['\n{% include "x" %}', 'the statement include is not modelled', 2],
  ['{{ names | nothing }}', 'the filter nothing is not modelled', 1],
  ['{{ names + 1 }}', "'+' needs numbers", 1],
  ['{{ lookup("vars", "none") }}', 'no variable found with this name: none', 1],
  ['{{ missing() }}', "'missing' is undefined", 1],
  ['{{ range(100000000) }}', 'this range is too long', 1],
  ['{{ 1 ? 2 }}', "unexpected char '?'", 1],
])('refuses %j', (template, message, line) => {
  expect(render(template).problems.at(-1)).toMatchObject({ message, place: { file: 't.j2', line } });
});

it('goes on after a name that is not there, and says so once', () => {
  const { text, problems } = render('{% for n in names %}{{ missing }}{{ gone.x }}{% endfor %}.');
  expect(text).toBe('.\n');
  expect(problems.map(({ message }) => message)).toEqual([
    "'missing' is undefined",
    "'gone' is undefined",
    "'gone.x' is undefined",
  ]);
});
