/** ovs-tcpundump(1): the octets of each packet in what `tcpdump -xx` printed, one line of digits a packet. */
import type { Exit, Program } from '../program.ts';
import { pythonGetopt } from '../python-getopt.ts';
import { PYTHON_SPACE } from '../python-space.ts';

const PATH = '/usr/bin/ovs-tcpundump';

const USAGE = `${PATH}: print "tcpdump -xx" output as hex
usage: ${PATH} < FILE
where FILE is output from "tcpdump -xx".

The following options are also available:
  -h, --help                  display this help message
  -V, --version               display version information
`;

const OCTETS = new RegExp(`^${PYTHON_SPACE}+0x([0-9a-fA-F]+): ((?: [0-9a-fA-F]{2,4})+)`);

/** A line at offset 0 or without octets ends the packet before it. */
export function undump(text: string): readonly string[] {
  const packets: string[] = [];
  let packet = '';
  const end = (): void => {
    if (packet !== '') packets.push(packet);
    packet = '';
  };
  for (const line of text.split('\n')) {
    const found = OCTETS.exec(line);
    if (!found || Number.parseInt(found[1] ?? '', 16) === 0) end();
    packet += (found?.[2] ?? '').replaceAll(' ', '');
  }
  end();
  return packets;
}

export const ovsTcpundump: Program<unknown> = ({ argv, stdin, output }): Exit => {
  const fail = (text: string): Exit => {
    output.err(`${PATH}: ${text}\n`);
    return { status: 1 };
  };
  const parsed = pythonGetopt(argv.slice(1), 'hV', ['help', 'version']);
  if (!parsed.ok) return fail(parsed.error);
  const [first] = parsed.value.options;
  if (first) {
    output.out(first[0] === '-h' || first[0] === '--help' ? USAGE : 'ovs-tcpundump (Open vSwitch) 3.7.0\n');
    return { status: 0 };
  }
  if (parsed.value.words.length > 0) return fail('non-option argument not supported (use --help for help)');
  for (const packet of undump(stdin)) output.out(`${packet}\n`);
  return { status: 0 };
};
