/** systemctl(1), as far as the machine's network daemons are concerned: start, stop, restart and what runs. */
import type { Exit, Program } from '../program.ts';
import type { StoppableDaemon } from '../daemons.ts';

export interface SystemctlHost {
  readonly daemons: readonly StoppableDaemon[];
}

const VERBS = ['start', 'stop', 'restart', 'is-active'] as const;
type Verb = (typeof VERBS)[number];

const isVerb = (word: string): word is Verb => (VERBS as readonly string[]).includes(word);

/** Exit status of `is-active` for a unit that is not (LSB). */
const INACTIVE = 3;
/** Exit status for a unit that is not known. */
const UNKNOWN_UNIT = 5;

function act(verb: Verb, daemon: StoppableDaemon): void {
  if (verb !== 'start' && daemon.isRunning()) daemon.stop(verb === 'stop');
  if (verb === 'restart' || (verb === 'start' && !daemon.isRunning())) daemon.start();
}

export const systemctl: Program<SystemctlHost> = ({ argv, host, output }): Exit => {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const [verb = '', ...units] = words;
  // Units are looked up anew each time.
  if (verb === 'daemon-reload') return { status: 0 };
  if (!isVerb(verb)) {
    output.err(
      verb === '' ? 'systemctl: listing units is not modelled\n' : `systemctl: ${verb} is not modelled\n`,
    );
    return { status: 1 };
  }
  if (units.length === 0) {
    output.err('Too few arguments.\n');
    return { status: 1 };
  }
  let status = 0;
  for (const name of units) {
    const unit = name.replace(/\.service$/, '');
    const daemon = host.daemons.find((one) => one.unit === unit);
    if (verb === 'is-active') {
      const active = daemon?.isRunning() ?? false;
      output.out(active ? 'active\n' : 'inactive\n');
      if (!active) status = INACTIVE;
    } else if (daemon) act(verb, daemon);
    else {
      output.err(
        verb === 'stop'
          ? `Failed to stop ${unit}.service: Unit ${unit}.service not loaded.\n`
          : `Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.\n`,
      );
      status = UNKNOWN_UNIT;
    }
  }
  return { status };
};
