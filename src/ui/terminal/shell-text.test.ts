import { describe, expect, it } from 'vitest';
import { commonStart, goesOn, inColumns, promptOf, withoutPrompt } from './shell-text.ts';

describe('goesOn', () => {
  it.each([
    ['ovn-nbctl show', false],
    ['ovn-nbctl \\', true],
    ['echo \\\\', false],
    ['echo "a', true],
    ["echo 'a\nb'", false],
    ["echo 'it\\", true],
    ['echo "it\'s"', false],
    ["# it's a remark", false],
    ['cat <<EOF', true],
    ['cat <<EOF\na', true],
    ['cat <<EOF\na\nEOF', false],
    ["cat <<-'EOF'\n\tEOF", false],
    ['cat <<<word', false],
  ])('%j: %s', (text, expected) => expect(goesOn(text)).toBe(expected));
});

describe('prompts', () => {
  it.each([
    ['[root@central ~]# ovn-nbctl show', 'ovn-nbctl show'],
    ['[vagrant@central ~]$ sudo ovs-vsctl show', 'sudo ovs-vsctl show'],
    ['[ -e file ] && echo', '[ -e file ] && echo'],
    ['  plain', '  plain'],
  ])('%j is typed as %j', (line, expected) => expect(withoutPrompt(line)).toBe(expected));

  it('knows vtysh prompts only inside vtysh', () => {
    expect(withoutPrompt('r1(config-router)# neighbor x', true)).toBe('neighbor x');
    expect(withoutPrompt('tor-1# show bgp summary', true)).toBe('show bgp summary');
    expect(withoutPrompt('show bgp summary', true)).toBe('show bgp summary');
    expect(withoutPrompt('r1# show')).toBe('r1# show');
  });

  it.each([
    ['/root', '[root@worker1 ~]# '],
    ['/', '[root@worker1 /]# '],
    ['/etc/openvswitch', '[root@worker1 openvswitch]# '],
  ])('in %s: %j', (directory, expected) => expect(promptOf('worker1', directory)).toBe(expected));
});

describe('completion', () => {
  it('lists in columns, downwards first', () => {
    expect(inColumns(['add', 'delete', 'set'], 80)).toBe('add     delete  set');
    expect(inColumns(['add', 'delete', 'set'], 18)).toBe('add     set\ndelete');
  });
  it.each([
    [['lsp-add', 'lsp-del'], 'lsp-'],
    [['ls'], 'ls'],
    [['a', 'b'], ''],
  ])('%j begin with %j', (words, expected) => expect(commonStart(words)).toBe(expected));
});
