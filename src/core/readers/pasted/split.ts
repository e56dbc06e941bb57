/** Cuts a paste at its prompts: `[root@controller-0 ~]# command`, `(overcloud) [stack@undercloud-0 ~]$ command`, `# command`. */
import type { PastedText } from './output.ts';

const PROMPT = /^(?:\([\w.-]+\)\s*)?\[(?:[\w.-]+@)?([\w-]+)(?:\.[\w.-]+)?[^\]]*\]\s*[#$]\s*(.*)$/;
const SHORT = /^([#$])\s+(\S.*)$/;
/** Words that begin a command; other lines that begin with `#` are comments. */
const PROGRAMS = /^(?:sudo\s+)?(?:for|virsh|brctl|ip|ovs-vsctl|ovn-nbctl|openstack|pcs|cat|grep|podman)\b/;

export function splitPaste(text: string): PastedText[] {
  const parts: { host: string | null; command: string | null; lines: string[]; line: number }[] = [];
  let current: (typeof parts)[number] = { host: null, command: null, lines: [], line: 1 };
  text.split(/\r?\n/).forEach((line, at) => {
    const prompt = PROMPT.exec(line.trim());
    const short = prompt ? null : SHORT.exec(line.trim());
    const command = prompt
      ? (prompt[2] ?? '')
      : short && PROGRAMS.test(short[2] ?? '')
        ? (short[2] ?? '')
        : undefined;
    if (command === undefined) {
      current.lines.push(line);
      return;
    }
    parts.push(current);
    current = { host: prompt?.[1] ?? null, command, lines: [], line: at + 2 };
  });
  parts.push(current);
  return parts.filter(({ lines, command }) => command !== null || lines.some((line) => line.trim() !== ''));
}
