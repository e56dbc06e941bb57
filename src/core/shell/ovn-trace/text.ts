/** A trace in the forms that were asked for, each under its title when there are several. */
import { printTrace, type Trace, type TraceForm } from '../../ovn/trace/index.ts';

const TITLES = [
  ['detailed', '# Detailed trace.\n'],
  ['summary', '# Summary trace.\n'],
  ['minimal', '# Minimal trace.\n'],
] as const;

/** All forms, in the order in which they are printed. */
export const TRACE_FORMS: readonly TraceForm[] = TITLES.map(([form]) => form);

export const isForm = (word: string): word is TraceForm => TRACE_FORMS.some((form) => form === word);

/** The program's output for a trace. */
export function traceText({ packet, root }: Trace, forms: ReadonlySet<TraceForm>): string {
  const parts = TITLES.filter(([form]) => forms.has(form)).map(
    ([form, title]) => `${forms.size > 1 ? title : ''}${printTrace(root, form)}`,
  );
  return `# ${packet}\n${parts.join('')}`;
}
