/**
 * A run written down for somebody who was not there: the picture, the way step by step, what decided, the tables along it, what was
 * captured, and the commands that do it again. One file of Markdown or of HTML; nothing in it is loaded from elsewhere.
 */
import { escapeXml } from '../diagram/svg-pen.ts';
import { toBase64 } from './document-text.ts';

export interface Report {
  readonly title: string;
  /** One line on the run: what was typed, when. */
  readonly subtitle: string;
  /** The picture as a whole SVG file. */
  readonly svg: string;
  readonly path: readonly ReportStep[];
  readonly decisions: readonly ReportDecision[];
  /** Tables along the way: each with the machine, the command that prints it, and what it prints. */
  readonly tables: readonly ReportTable[];
  readonly captures: readonly { readonly command: string; readonly text: string }[];
  /** What was broken on purpose. */
  readonly faults: readonly string[];
  /** What was done since the beginning, as a script that Hopscope opens; null when nothing was. */
  readonly again: {
    /** Of the scenario in Hopscope; null where files were opened. */
    readonly address: string | null;
    readonly script: string;
  } | null;
  /** Said at the end: what made the report. */
  readonly footer: string;
}

interface ReportTable {
  readonly host: string;
  readonly command: string;
  readonly text: string;
}

interface ReportStep {
  readonly number: string;
  readonly host: string;
  readonly where: string;
  readonly stage: string;
  readonly result: string;
  /** Decided something, or ended the packet. */
  readonly tone: 'normal' | 'deciding' | 'folded' | 'dropped';
}

interface ReportDecision {
  readonly step: number;
  readonly place: string;
  /** What was decided. */
  readonly result: string;
  readonly rows: readonly {
    readonly title: string;
    readonly place: string;
    readonly reference: string;
    readonly lines: readonly string[];
  }[];
}

/** The picture is embedded as a data address, which most readers of Markdown show. */
export function reportMarkdown(report: Report): string {
  const parts: string[] = [`# ${inline(report.title)}`, inline(report.subtitle)];
  const picture = `data:image/svg+xml;base64,${toBase64(new TextEncoder().encode(report.svg))}`;
  parts.push(`![${inline(report.title)}](${picture})`);
  if (report.faults.length > 0)
    parts.push('## Broken on purpose', report.faults.map((fault) => `- ${inline(fault)}`).join('\n'));
  if (report.path.length > 0)
    parts.push(
      '## The way',
      [
        '| # | Machine | Where | Stage | Result |',
        '| ---: | --- | --- | --- | --- |',
        ...report.path.map(({ number, host, where, stage, result, tone }) => {
          const strong = tone === 'deciding' || tone === 'dropped' ? '**' : '';
          const cells = [
            number,
            host,
            where,
            cell(stage),
            result === '' ? '' : `${strong}${cell(result)}${strong}`,
          ];
          return `| ${cells.join(' | ')} |`;
        }),
      ].join('\n'),
    );
  if (report.decisions.length > 0) {
    parts.push('## What decided');
    for (const { step, place, result, rows } of report.decisions)
      parts.push(
        `### Step ${step}: ${inline(place)}`,
        inline(result),
        ...rows.map(({ title, place: where, reference, lines }) =>
          [
            `**${inline(title)}** ${inline(where)}${reference === '' ? '' : ` \`${reference}\``}`,
            fence(lines.join('\n')),
          ].join('\n\n'),
        ),
      );
  }
  if (report.tables.length > 0) parts.push('## Tables');
  for (const { host, command, text } of report.tables)
    parts.push(fence(`${prompt(host)}${command}\n${text.trimEnd()}`));
  for (const [at, { command, text }] of report.captures.entries()) {
    if (at === 0) parts.push('## Captures');
    parts.push(`\`${command}\``, fence(text));
  }
  if (report.again)
    parts.push(
      '## To do it again',
      howTo(report.again.address, (text) => `<${text}>`),
      fence(report.again.script),
    );
  return `${[...parts, inline(report.footer)].filter((part) => part !== '').join('\n\n')}\n`;
}

const STYLE = `body{overflow-wrap:anywhere;max-width:60rem;margin:2rem auto;padding:0 1rem;font:14px/1.5 system-ui,sans-serif;color:#14181d;background:#fff}
h1{font-size:20px}h2{font-size:16px;margin-top:2rem}h3{font-size:14px;margin-bottom:.2rem}
svg{max-width:100%;height:auto}pre,td,code{font:11px/1.45 Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{padding:8px;background:#f5f6f8;white-space:pre-wrap;overflow-wrap:anywhere}table{border-collapse:collapse}
td,th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}td{white-space:nowrap}td:last-child{white-space:normal;overflow-wrap:anywhere}td:first-child{text-align:right;color:#5f6974}
.deciding td{font-weight:600}.dropped td{color:#bf1d28;font-weight:600}.folded td{color:#5f6974}.quiet{color:#5f6974}
@media print{body{margin:0}h2{break-after:avoid}tr,pre{break-inside:avoid}}`;

/** One file that stands alone; printed, it has no controls. */
export function reportHtml(report: Report): string {
  const e = escapeXml;
  const parts: string[] = [
    `<h1>${e(report.title)}</h1><p class="quiet">${e(report.subtitle)}</p>`,
    report.svg.replace(/^<\?xml[^>]*>\s*/, ''),
  ];
  const list = (title: string, inner: string): void => void parts.push(`<h2>${title}</h2>`, inner);
  if (report.faults.length > 0)
    list('Broken on purpose', `<ul>${report.faults.map((fault) => `<li>${e(fault)}</li>`).join('')}</ul>`);
  if (report.path.length > 0)
    list(
      'The way',
      `<table><thead><tr><th>#</th><th>Machine</th><th>Where</th><th>Stage</th><th>Result</th></tr></thead><tbody>${report.path
        .map(
          ({ number, host, where, stage, result, tone }) =>
            `<tr class="${tone}">${[number, host, where, stage, result].map((text) => `<td>${e(text)}</td>`).join('')}</tr>`,
        )
        .join('\n')}</tbody></table>`,
    );
  if (report.decisions.length > 0)
    list(
      'What decided',
      report.decisions
        .map(
          ({ step, place, result, rows }) =>
            `<h3>Step ${step}: ${e(place)}</h3><p>${e(result)}</p>${rows
              .map(
                ({ title, place: where, reference, lines }) =>
                  `<p><b>${e(title)}</b> ${e(where)} <code>${e(reference)}</code></p><pre>${e(lines.join('\n'))}</pre>`,
              )
              .join('')}`,
        )
        .join('\n'),
    );
  if (report.tables.length > 0)
    list(
      'Tables',
      report.tables
        .map(
          ({ host, command, text }) =>
            `<pre><b>${e(`${prompt(host)}${command}`)}</b>\n${e(text.trimEnd())}</pre>`,
        )
        .join(''),
    );
  if (report.captures.length > 0)
    list(
      'Captures',
      report.captures
        .map(({ command, text }) => `<p><code>${e(command)}</code></p><pre>${e(text)}</pre>`)
        .join(''),
    );
  if (report.again)
    list(
      'To do it again',
      `<p>${howTo(report.again.address, (text) => `<code>${e(text)}</code>`)}</p><pre>${e(report.again.script)}</pre>`,
    );
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${e(report.title)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    ...parts,
    `<p class="quiet">${e(report.footer)}</p>`,
    '</body></html>',
    '',
  ].join('\n');
}

const howTo = (address: string | null, marked: (text: string) => string): string =>
  `Open ${address === null ? 'the same files' : marked(address)} in Hopscope, then these lines as a file: they do it again. A line names the machine on which its command was typed.`;

const prompt = (host: string): string => `[root@${host} ~]# `;

/** Marks of Markdown in a text mean nothing. */
const inline = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|]/g, '\\$&').replaceAll('\n', ' ');

const cell = (text: string): string =>
  `\`${text.replaceAll('`', "'").replaceAll('|', '\\|').replaceAll('\n', ' ')}\``;

/** Longer than any run of marks inside. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text.trimEnd()}\n${marks}`;
}
