/** Where a machine's daemons write what they log. */
export interface LogFiles {
  /** `line` is without its end. */
  append(path: string, line: string): void;
}

/** For daemons of no machine. */
export const NO_LOG_FILES: LogFiles = { append: () => undefined };
