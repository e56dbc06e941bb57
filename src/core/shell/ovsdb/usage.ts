/** Texts that `--help` of all database programs shares. */
import type { SchemaNames } from './command.ts';

export const DATABASE_COMMAND_USAGE = `Database commands:
  list TBL [REC]              list RECord (or all records) in TBL
  find TBL CONDITION...       list records satisfying CONDITION in TBL
  get TBL REC COL[:KEY]       print values of COLumns in RECord in TBL
  set TBL REC COL[:KEY]=VALUE set COLumn values in RECord in TBL
  add TBL REC COL [KEY=]VALUE add (KEY=)VALUE to COLumn in RECord in TBL
  remove TBL REC COL [KEY=]VALUE  remove (KEY=)VALUE from COLumn
  clear TBL REC COL           clear values from COLumn in RECord in TBL
  create TBL COL[:KEY]=VALUE  create and initialize new record
  destroy TBL REC             delete RECord from TBL
  wait-until TBL REC [COL[:KEY]=VALUE]  wait until condition is true
Potentially unsafe database commands require --force option.
`;

/** How rows of each table can be named. */
export function recordUsage({ schema, rowIds }: SchemaNames): string {
  const ways = (table: string): readonly string[] => [
    'by UUID',
    ...(schema.tables[table]?.maxRows === 1 ? ['as "."'] : []),
    ...(rowIds[table] ?? []).map(({ table: named, column, key, via }) => {
      const name = key === undefined ? column : `${column}:${key}`;
      if (via === undefined) return `by "${name}"`;
      return `via "${via}"${named === table ? '' : ` of ${named}`} with matching "${name}"`;
    }),
  ];
  const tables = Object.keys(schema.tables)
    .sort()
    .map(
      (table) =>
        `  ${table}:${ways(table)
          .map((way) => `\n    ${way}`)
          .join('')}\n`,
    );
  return `Database commands may reference a row in each table in the following ways:\n${tables.join('')}`;
}

export const TABLE_USAGE = `
Output formatting options:
  -f, --format=FORMAT         set output formatting to FORMAT
                              ("table", "html", "csv", or "json")
  -d, --data=FORMAT           set table cell output formatting to
                              FORMAT ("string", "bare", or "json")
  --no-headings               omit table heading row
  --pretty                    pretty-print JSON in output
  --bare                      equivalent to "--format=list --data=bare --no-headings"
`;

export const daemonUsage = (program: string): string => `
Daemon options:
  --detach                run in background as daemon
  --monitor               creates a process to monitor this daemon
  --user=username[:group] changes the effective daemon user:group
  --no-chdir              do not chdir to '/'
  --pidfile[=FILE]        create pidfile (default: /var/run/openvswitch/${program}.pid)
  --overwrite-pidfile     with --pidfile, start even if already running
`;

/** `module` is the log module of programs that have an option to keep it out of the system's log. */
export const loggingUsage = (program: string, module?: string): string => `
Logging options:
  -vSPEC, --verbose=SPEC   set logging levels
  -v, --verbose            set maximum verbosity level
  --log-file[=FILE]        enable logging to specified FILE
                           (default: /var/log/openvswitch/${program}.log)
  --syslog-method=(libc|unix:file|udp:ip:port)
                           specify how to send messages to syslog daemon
  --syslog-target=HOST:PORT  also send syslog msgs to HOST:PORT via UDP
${module === undefined ? '' : `  --no-syslog             equivalent to --verbose=${module}:syslog:warn\n`}`;

export const OTHER_USAGE = `
Other options:
  -h, --help                  display this help message
  -V, --version               display version information
`;

export const CONNECTION_USAGE = `
Active database connection methods:
  tcp:HOST:PORT           PORT at remote HOST
  ssl:HOST:PORT           SSL/TLS PORT at remote HOST
  unix:FILE               Unix domain socket named FILE
Passive database connection methods:
  ptcp:PORT[:IP]          listen to TCP PORT on IP
  pssl:PORT[:IP]          listen for SSL/TLS on PORT on IP
  punix:FILE              listen on Unix domain socket FILE
PKI configuration (required to use SSL/TLS):
  -p, --private-key=FILE  file with private key
  -c, --certificate=FILE  file with certificate for private key
  -C, --ca-cert=FILE      file with peer CA certificate
  --bootstrap-ca-cert=FILE  file with peer CA certificate to read or create
SSL/TLS options:
  --ssl-protocols=PROTOS    range of SSL/TLS protocols to enable
  --ssl-ciphers=CIPHERS     list of SSL/TLS ciphers to enable
                            with TLSv1.2
  --ssl-ciphersuites=SUITES list of SSL/TLS ciphersuites to
                            enable with TLSv1.3 and later
  --ssl-server-name=NAME    server name for TLS Server Name
                            Indication (SNI)
`;
