/** Time stamps before the packets: -t to -ttttt. */
import { civilDate } from '../../base/calendar.ts';
import type { TcpdumpOptions } from './options.ts';
import { padded } from './printer.ts';

/** Seconds since 1970 and nanoseconds. */
export interface Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const FAILED = '[Error converting time]';

/** Seconds beyond a signed 32-bit number are refused. */
const isConvertible = (seconds: number): boolean => (seconds & 0x80000000) === 0;

const fraction = (nanoseconds: number, { nanoseconds: isNano }: TcpdumpOptions): string =>
  `.${isNano ? padded(nanoseconds, 9) : padded(Math.floor(nanoseconds / 1000), 6)}`;

function clockText(seconds: number): string {
  const rest = seconds % 86_400;
  return [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60]
    .map((part) => padded(part, 2))
    .join(':');
}

function dateText(seconds: number): string {
  const [year, month, day] = civilDate(Math.floor(seconds / 86_400));
  return `${year}-${padded(month, 2)}-${padded(day, 2)}`;
}

function clockOrFailure(moment: Moment, options: TcpdumpOptions, withDate: boolean): string {
  if (!isConvertible(moment.seconds)) return FAILED;
  const date = withDate ? `${dateText(moment.seconds)} ` : '';
  return `${date}${clockText(moment.seconds)}${fraction(moment.nanoseconds, options)}`;
}

/** The difference of two moments at the options' precision; `earlier` is not after `later`. */
function difference(later: Moment, earlier: Moment): Moment {
  const nanoseconds = later.nanoseconds - earlier.nanoseconds;
  const borrow = nanoseconds < 0 ? 1 : 0;
  return {
    seconds: later.seconds - earlier.seconds - borrow,
    nanoseconds: nanoseconds + borrow * 1_000_000_000,
  };
}

const isBefore = (a: Moment, b: Moment): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);

const isZero = ({ seconds, nanoseconds }: Moment): boolean => seconds === 0 && nanoseconds === 0;

/** Prints stamps of one run; -ttt and -ttttt compare with earlier packets. Times are UTC. */
export class Timestamps {
  private reference: Moment = { seconds: 0, nanoseconds: 0 };
  private readonly options: TcpdumpOptions;

  constructor(options: TcpdumpOptions) {
    this.options = options;
  }

  /** The stamp and a space, or nothing with -t. */
  text(moment: Moment): string {
    const { options } = this;
    switch (options.timestamp) {
      case 1:
        return '';
      case 2:
        return isConvertible(moment.seconds)
          ? `${moment.seconds}${fraction(moment.nanoseconds, options)} `
          : `${FAILED} `;
      case 3:
      case 5:
        return this.relativeText(moment);
      default:
        return `${clockOrFailure(moment, options, options.timestamp === 4)} `;
    }
  }

  private relativeText(exact: Moment): string {
    const moment = this.options.nanoseconds
      ? exact
      : { ...exact, nanoseconds: exact.nanoseconds - (exact.nanoseconds % 1000) };
    if (isZero(this.reference)) this.reference = moment;
    const isNegative = isBefore(moment, this.reference);
    const span = isNegative ? difference(this.reference, moment) : difference(moment, this.reference);
    if (this.options.timestamp === 3) this.reference = moment;
    return `${isNegative ? '-' : ' '}${clockOrFailure(span, this.options, false)} `;
  }
}
