/**
 * Cuts a paste at its prompts: `[root@controller-0 ~]# command`, `root@controller-0:~# command`,
 * `(overcloud) [stack@undercloud-0 ~]$ command`, `# command`; and where Ansible says whose output follows.
 */
import type { PastedText } from './output.ts';

const VENV = String.raw`^(?:\([\w.-]+\)\s*)*`;
const BRACKETS = new RegExp(
  `${VENV}${String.raw`\[(?:[\w.-]+@)?([\w-]+)(?:\.[\w.-]+)?(?:\s[^\]]*)?\]\s*[#$]\s*(.*)$`}`,
);
const PLAIN = new RegExp(`${VENV}${String.raw`[\w.-]+@([\w-]+)(?:\.[\w.-]+)?:[^\s#$]*\s*[#$]\s*(.*)$`}`);
const ANSIBLE = /^([\w-]+)(?:\.[\w.-]+)? \| (?:CHANGED|SUCCESS)(?: \| rc=0)? (?:\| \([^)]*\) )?>>\s*$/;
const SHORT = /^([#$])\s+(\S.*)$/;
/** Words that begin a command; other lines that begin with `#` are comments. */
const PROGRAMS =
  /^(?:sudo\s+(?:-\S+\s+)*)?(?:for|virsh|brctl|bridge|ip|ovs-vsctl|ovs-ofctl|ovs-appctl|ovn-nbctl|ovn-sbctl|openstack|nova|neutron|pcs|cat|grep|podman|docker|ssh)\b/;
/** What a terminal is told besides the text: colours, titles, the cursor. */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][0-9A-B]|[=>])/g;
/** A command on another machine: `ssh heat-admin@controller-0 sudo ip a`. */
const SSH =
  /^ssh\s+(?:-\w(?:\s+[^-\s]\S*(?==)\S*)?\s+)*(?:[\w.-]+@)?([A-Za-z][\w-]*)(?:\.[\w.-]+)?\s+(\S.*)$/;

interface Entered {
  readonly host: string | null;
  readonly command: string;
}

function entered(line: string): Entered | undefined {
  const text = line.trim();
  const prompt = BRACKETS.exec(text) ?? PLAIN.exec(text);
  const short = prompt ? null : SHORT.exec(text);
  if (!prompt && !(short && PROGRAMS.test(short[2] ?? ''))) return undefined;
  const command = (prompt ? prompt[2] : short?.[2]) ?? '';
  const [, host, remote] = SSH.exec(command) ?? [];
  return host !== undefined && remote !== undefined
    ? { host, command: remote.replace(/^(["'])(.*)\1$/, '$2') }
    : { host: prompt?.[1] ?? null, command };
}

export function splitPaste(text: string): PastedText[] {
  const parts: { host: string | null; command: string | null; lines: string[]; line: number }[] = [];
  let current: (typeof parts)[number] = { host: null, command: null, lines: [], line: 1 };
  text
    .replace(ESCAPES, '')
    .split(/\r*\n/)
    .forEach((line, at) => {
      const told = ANSIBLE.exec(line)?.[1];
      const found = told === undefined ? entered(line) : { host: told, command: '' };
      if (found === undefined) {
        current.lines.push(line);
        return;
      }
      parts.push(current);
      current = { ...found, lines: [], line: at + 2 };
    });
  parts.push(current);
  return parts.filter(({ lines, command }) => command !== null || lines.some((line) => line.trim() !== ''));
}
