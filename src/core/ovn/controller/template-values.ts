/** Values of `^name` templates on this chassis (Chassis_Template_Var). */
import type { SbDatabase } from '../../ovsdb/index.ts';

export const templateValues = (sb: SbDatabase, chassis: string): ReadonlyMap<string, string> =>
  sb.find('Chassis_Template_Var', 'chassis', chassis)[0]?.variables ?? new Map<string, string>();

/** The text with every `^name` replaced; names without a value stay. */
export const fillTemplates = (text: string, values: ReadonlyMap<string, string>): string =>
  values.size === 0
    ? text
    : text.replaceAll(/\^([A-Za-z_][A-Za-z0-9_]*)/g, (whole, name: string) => values.get(name) ?? whole);
