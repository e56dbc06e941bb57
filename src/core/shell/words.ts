/** A plain command line as words, for transcripts: quotes and backslashes as in POSIX, without expansions. */
import { err, ok, type Result } from '../base/result.ts';

/** The words of `line`; an error when a quote is not closed. A word that begins with `#` ends the line. */
export function splitWords(line: string): Result<readonly string[]> {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (char === ' ' || char === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '#' && word === null) {
      break;
    } else if (char === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return err("unexpected EOF while looking for matching `''");
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (char === '"') {
      word ??= '';
      for (i += 1; line.charAt(i) !== '"'; i += 1) {
        if (i >= line.length) return err('unexpected EOF while looking for matching `"\'');
        if (line.charAt(i) === '\\' && '"\\$`'.includes(line.charAt(i + 1))) i += 1;
        word += line.charAt(i);
      }
    } else if (char === '\\') {
      i += 1;
      word = (word ?? '') + line.charAt(i);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== null) words.push(word);
  return ok(words);
}
