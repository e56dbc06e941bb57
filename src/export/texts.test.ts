import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deed } from '../engine/document.ts';
import { LIGHT_THEME, noMarks } from '../diagram/index.ts';
import { assignNetworks, diagramModel, idlePlayback, layoutDiagram } from '../view/index.ts';
import { multinode } from '../view/fixtures/chassis.ts';
import { modelOptions } from '../view/fixtures/world.ts';
import { exportGraphviz } from './graphviz.ts';
import { reportHtml, reportMarkdown, type Report } from './report.ts';
import { formatScript, isScript, parseScript } from './script.ts';
import { exportSvg } from './svg.ts';

const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
const layout = layoutDiagram(model, { pinned: new Map() });

describe('Graphviz', () => {
  const text = exportGraphviz(model, layout, 'a "title" \\ here');

  it('quotes what would end a string', () => {
    expect(text.split('\n')[0]).toBe(String.raw`graph "a \"title\" \\ here" {`);
    expect(text.trimEnd().endsWith('}')).toBe(true);
  });
});

describe('a part of the picture', () => {
  const whole = {
    model,
    layout,
    playback: idlePlayback,
    marks: noMarks,
    name: 'part',
    title: '',
    legend: true,
    subtitle: '',
    footer: '',
    area: null,
    document: null,
  };
  const options = { theme: LIGHT_THEME, ground: 'white' } as const;

  it('has its own size, and nothing that is outside', () => {
    const rect = layout.nodes.get('host:worker1');
    if (!rect) throw new Error('worker1 is not laid out');
    const part = exportSvg({ ...whole, area: rect }, options);
    expect(part).toContain('>worker1<');
    expect(part).not.toContain('>worker2<');
    expect(part).toContain('clip-path="url(#picture-area)"');
    expect(exportSvg(whole, options)).not.toContain('clip-path');
  });
});

describe('scripts', () => {
  const typed = (line: string, more: Partial<Deed> = {}): Deed =>
    ({ kind: 'typed', host: 'worker1', namespace: '', line, at: 0, ...more }) as Deed;

  it('read back as they were written', () => {
    const frame = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets): Deed => ({
      kind: 'inject',
      host: 'h1',
      namespace: '',
      device: 'eth0',
      direction: 'in',
      base64: btoa(String.fromCharCode(...octets)),
      at: 0,
    }));
    const line = fc
      .string({ minLength: 1 })
      .filter((text) => text.trim() === text && text !== '')
      .map((text) => typed(text));
    const fault = fc.constant<Deed>({
      kind: 'fault',
      fault: { kind: 'loss', host: 'a', device: 'eth1', percent: 5 },
      on: true,
      at: 0,
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(line, frame, fault)), (deeds) => {
        expect(parseScript(formatScript('x', deeds))).toEqual({ ok: true, value: deeds });
      }),
    );
  });

  it('keep what went on beside the rest', () => {
    const text = formatScript('One', [typed('tcpdump -i eth1', { until: 77 }), typed('echo a: b')]);
    expect(text).toBe('# Hopscope script: One\nworker1 &: tcpdump -i eth1\nworker1: echo a: b\n');
    expect(isScript(text)).toBe(true);
    expect(parseScript(text)).toEqual({
      ok: true,
      value: [typed('tcpdump -i eth1', { until: 0 }), typed('echo a: b')],
    });
  });

  it.each(['hello', '@fault on {"kind":"cut"}', '@fault on {', '@frame a b c out 123', 'two words: ls'])(
    'refuses %j with its line',
    (line) => {
      const read = parseScript(`# Hopscope script\n\n${line}`);
      expect(read).toEqual({
        ok: false,
        error: 'line 3 is neither “machine: command” nor @frame, @messages or @fault',
      });
    },
  );
});

describe('reports', () => {
  const report: Report = {
    title: 'A <b> & | c',
    subtitle: 'ping: 3 steps',
    svg: '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    path: [
      {
        number: '1',
        host: 'h',
        where: 'br-int',
        stage: '40 ls_in_l2_lkup',
        result: 'a | b `c`',
        tone: 'deciding',
      },
    ],
    decisions: [
      {
        step: 1,
        place: 'table 40',
        result: 'goes on',
        rows: [{ title: 'OpenFlow', place: 'h', reference: '0x1', lines: ['```', '<tag>'] }],
      },
    ],
    captures: [{ command: 'tcpdump -i eth1', text: 'a > b: 1' }],
    faults: ['eth1: cable out'],
    tables: [{ host: 'h', command: 'ip neigh', text: '192.0.2.1 dev eth0 <FAILED>\n' }],
    again: { address: 'https://example.org/#/s/it', script: 'h: ping <x>\n' },
    footer: 'end',
  };

  it('as HTML let no text become a mark', () => {
    const html = reportHtml(report);
    expect(html).toContain('<h1>A &lt;b&gt; &amp; | c</h1>');
    expect(html).not.toContain('<tag>');
    expect(html).toContain('<code>https://example.org/#/s/it</code> in Hopscope');
    expect(html).toContain('h: ping &lt;x&gt;');
    expect(html).toContain('<b>[root@h ~]# ip neigh</b>\n192.0.2.1 dev eth0 &lt;FAILED&gt;</pre>');
    expect(html).not.toMatch(/<script|<\?xml| (src|href)=/);
  });

  it('as Markdown keep a row a row and a block a block', () => {
    const text = reportMarkdown(report);
    const row = text.split('\n').find((line) => line.startsWith('| 1 |')) ?? '';
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(7);
    expect(text).toContain('````\n```\n<tag>\n````');
    expect(text).toContain('# A \\<b\\> & \\| c');
    expect(text).toContain('## Tables\n\n```\n[root@h ~]# ip neigh\n192.0.2.1 dev eth0 <FAILED>\n```');
    expect(text).toMatch(
      /## To do it again\n\nOpen <https:\/\/example\.org\/#\/s\/it> in .*\n\n```\nh: ping <x>\n```/,
    );
  });
});
