/** Values of `^name` templates on this chassis (Chassis_Template_Var). */
import type { SbDatabase } from '../../ovsdb/index.ts';
import { expandTemplates } from '../expr/lexer.ts';

export const templateValues = (sb: SbDatabase, chassis: string): ReadonlyMap<string, string> =>
  sb.find('Chassis_Template_Var', 'chassis', chassis)[0]?.variables ?? new Map<string, string>();

/**
 * The text with every `^name` replaced, as the lexer finds names: none inside a quoted string. A text in which a name has
 * no value stays as it is, and cannot be read.
 */
export const fillTemplates = (text: string, values: ReadonlyMap<string, string>): string =>
  expandTemplates(text, (name) => values.get(name)) ?? text;
