/** ovn-detrace(1): says of each flow in a trace which rows of OVN's databases it comes from. */
import { isVersionAtLeast } from '../../ovsdb/index.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import type { Exit, Program } from '../program.ts';
import { pythonGetopt } from '../python-getopt.ts';
import { annotate } from './annotate.ts';
import { DatabaseView } from './database-view.ts';
import { interfaceNotes, type InterfaceNotes } from './interfaces.ts';
import { notesOnCookie } from './records.ts';
import { DETRACE_PATH, DETRACE_USAGE } from './usage.table.ts';

const LONG_OPTIONS = [
  'help',
  'version',
  'ovs',
  'no-leader-only',
  'ovnsb=',
  'ovnnb=',
  'ovsdb=',
  'private-key=',
  'certificate=',
  'ca-cert=',
];
/** The southbound schema of OVN 25.09, the first release whose output keeps the trace's indentation. */
const INDENTED_SINCE = '21.5.0';
const TRACEBACK = 'Traceback (most recent call last):\n';

const isSsl = (remote: string | undefined): boolean => remote !== undefined && /(^|,)ssl:/.test(remote);

/** The program. Databases that do not answer are told and left out, but for `--ovs`, which needs its own. */
export const ovnDetrace: Program<DatabaseHost> = ({ argv, stdin, output, host }): Exit => {
  const fail = (text: string): Exit => {
    output.err(text);
    return { status: 1 };
  };
  const parsed = pythonGetopt(argv.slice(1), 'hVp:c:C:', LONG_OPTIONS);
  // The real program fails in its own handling of a wrong option.
  if (!parsed.ok)
    return fail(
      `${TRACEBACK}getopt.GetoptError: ${parsed.error}\n\n` +
        `During handling of the above exception, another exception occurred:\n\n` +
        `${TRACEBACK}NameError: name 'geo' is not defined\n`,
    );
  const { options, words } = parsed.value;
  if (options.some(([name]) => name === '-h' || name === '--help')) {
    output.out(DETRACE_USAGE);
    return { status: 0 };
  }
  if (options.some(([name]) => name === '-V' || name === '--version'))
    output.out(`${DETRACE_PATH} (OVN) 26.03.2\n`);
  if (words.length > 0)
    return fail(`${DETRACE_PATH}: non-option argument not supported (use --help for help)\n`);

  const value = (...names: string[]): string | undefined =>
    options.findLast(([name]) => names.includes(name))?.[1];
  const remotes = { sb: value('--ovnsb'), nb: value('--ovnnb'), ovs: value('--ovsdb') };
  const keys = [value('-p', '--private-key'), value('-c', '--certificate'), value('-C', '--ca-cert')];
  if (Object.values(remotes).some(isSsl) && keys.some((key) => key === undefined))
    return fail(
      `${DETRACE_PATH}: SSL/TLS connection requires private key, certificate for private key, and peer CA certificate as arguments.\n`,
    );

  const open = (database: string, remote: string): DatabaseView | undefined => {
    let failed = '';
    for (const one of remote.split(',')) {
      const connected = host.connect(database, one);
      if (connected.ok) {
        output.err(failed);
        return new DatabaseView(connected.value);
      }
      failed += `Unable to connect to ${one}, error: ${connected.error}\n`;
    }
    output.err(failed);
    return undefined;
  };
  const openOvn = (short: string, database: string, remote: string): DatabaseView | undefined => {
    const view = open(database, remote);
    if (!view)
      output.err(
        `The connection to ${short} DB is not available, ${short} information will be missing from the detrace.\n`,
      );
    return view;
  };
  const sb = openOvn(
    'SB',
    'OVN_Southbound',
    remotes.sb ?? host.variable('OVN_SB_DB') ?? 'unix:/var/run/ovn/ovnsb_db.sock',
  );
  const nb = openOvn(
    'NB',
    'OVN_Northbound',
    remotes.nb ?? host.variable('OVN_NB_DB') ?? 'unix:/var/run/ovn/ovnnb_db.sock',
  );
  let interfaces: InterfaceNotes | undefined;
  if (options.some(([name]) => name === '--ovs')) {
    const view = open('Open_vSwitch', remotes.ovs ?? 'unix:/var/run/openvswitch/db.sock');
    if (!view) return fail(`${TRACEBACK}ConnectionException\n`);
    interfaces = interfaceNotes(view);
    if (!interfaces) return fail(`${TRACEBACK}StopIteration\n`);
  }
  const form = sb && !isVersionAtLeast(sb.version, INDENTED_SINCE) ? 'flat' : 'indented';
  output.out(
    annotate(stdin, { form, interfaces, notesOnCookie: (cookie) => notesOnCookie({ nb, sb }, cookie) }),
  );
  return { status: 0 };
};
