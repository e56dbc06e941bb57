/** A command line as OVS programs write it into logs and transaction comments. */
export function escapeArguments(argv: readonly string[]): string {
  return argv
    .map((word) => (/[ \t\r\n\v\\'"]/.test(word) ? `"${word.replace(/[\\"]/g, '\\$&')}"` : word))
    .join(' ');
}
