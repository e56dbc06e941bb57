/** The regular expressions of AS-path and expanded community lists: POSIX extended, with `_` for any boundary. */

/** What `_` stands for in FRR: start, end, space, comma, braces or brackets of sets and confederations. */
const BOUNDARY = '(?:^|[,{}() ]|$)';

/** A matcher of whole texts; undefined for a malformed expression. */
export function compileRegex(source: string): RegExp | undefined {
  let pattern = '';
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (inClass) {
      pattern += character === '\\' ? '\\\\' : character;
      // A bracket that comes first in a class belongs to it.
      const opening = source.charAt(at - 1) === '[' || source.slice(at - 2, at) === '[^';
      if (character === ']' && !opening) inClass = false;
    } else if (character === '_') pattern += BOUNDARY;
    else if (character === '[') {
      inClass = true;
      pattern += '[';
    } else if (character === '/') pattern += '\\/';
    else pattern += character;
  }
  if (inClass) return undefined;
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
