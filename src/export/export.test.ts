import { strToU8, gzipSync } from 'fflate';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/base/random.ts';
import { DARK_THEME, LIGHT_THEME, noMarks } from '../diagram/index.ts';
import type { HopscopeDocument } from '../engine/document.ts';
import { multinode } from '../view/fixtures/chassis.ts';
import { echoRun } from '../view/fixtures/run.ts';
import { host, link, modelOptions, namespace, ovsBridge, ovsPort, world } from '../view/fixtures/world.ts';
import {
  assignNetworks,
  diagramModel,
  idlePlayback,
  layoutDiagram,
  playerOf,
  runTree,
} from '../view/index.ts';
import { fitsPicture, packDocument, toBase64, unpackDocument } from './document-text.ts';
import {
  exportDrawio,
  exportMermaid,
  exportSvg,
  parseDocument,
  readExported,
  type Picture,
} from './index.ts';
import {
  createCrc,
  internationalText,
  readChunks,
  readInternationalText,
  withChunk,
  writeChunk,
} from './png-chunks.ts';
import type { LetterShapes } from './letter-shapes.ts';
import { KEYWORD } from './read-exported.ts';

const document: HopscopeDocument = {
  format: 'hopscope',
  version: 1,
  scenario: 'multinode',
  seed: 7,
  commands: [
    { kind: 'typed', host: 'worker1', namespace: '', line: 'ping -c 1 "192.168.0.12" # äöü ↔', at: 12 },
  ],
  files: [{ name: 'ovnnb_db.db', base64: 'AAEC' }],
  page: { pinned: [['host:worker1', { x: 1, y: 2 }]] },
};

function picture(more: Partial<Picture> = {}): Picture {
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
  return {
    model,
    layout: layoutDiagram(model, { pinned: new Map() }),
    playback: playerOf(model, runTree(echoRun()))(44),
    marks: noMarks,
    name: 'Multinode <OVN>',
    title: 'Multinode <OVN>',
    legend: true,
    subtitle: 'vm1 to vm2 & back',
    footer: 'Step 45 of 142. Open this file in Hopscope to go on from here.',
    area: null,
    document,
    ...more,
  };
}

/** The smallest PNG: one grey pixel. */
const png = ((): Uint8Array => {
  const head = Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const parts = [
    Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    writeChunk({ type: 'IHDR', data: head }),
    writeChunk({
      type: 'IDAT',
      data: Uint8Array.from([0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]),
    }),
    writeChunk({ type: 'IEND', data: new Uint8Array() }),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
})();

const pngWith = (text: string): Uint8Array => withChunk(png, internationalText(KEYWORD, text)) ?? png;
const packed = (value: unknown): Uint8Array => gzipSync(strToU8(JSON.stringify(value)), { mtime: 0 });

describe('document in a file', () => {
  it('is found again in SVG, PNG and JSON', () => {
    const svg = exportSvg(picture(), { theme: LIGHT_THEME, ground: 'white' });
    const found = { ok: true, value: document };
    expect(readExported(strToU8(svg), 'a.svg')).toEqual(found);
    expect(readExported(pngWith(toBase64(packDocument(document) ?? new Uint8Array())), 'a.png')).toEqual(
      found,
    );
    expect(readExported(strToU8(JSON.stringify(document)), 'a.json')).toEqual(found);
  });

  it('comes back from any page state and any commands', () => {
    const any = fc.record({
      format: fc.constant('hopscope' as const),
      version: fc.constant(1 as const),
      scenario: fc.option(fc.string(), { nil: null }),
      seed: fc.nat(),
      commands: fc.array(
        fc.oneof(
          fc.record({
            kind: fc.constant('typed' as const),
            host: fc.string(),
            namespace: fc.string(),
            line: fc.string({ unit: 'grapheme' }),
            at: fc.nat(),
          }),
          fc.record({
            kind: fc.constant('fault' as const),
            fault: fc.record({ kind: fc.constant('cut' as const), host: fc.string(), device: fc.string() }),
            on: fc.boolean(),
            at: fc.nat(),
          }),
        ),
        { maxLength: 5 },
      ),
      files: fc.constant([]),
      page: fc.jsonValue({ maxDepth: 3 }),
    });
    fc.assert(
      fc.property(any, (one) => {
        const plain: unknown = JSON.parse(JSON.stringify(one));
        expect(unpackDocument(packDocument(one) ?? new Uint8Array())).toEqual({ ok: true, value: plain });
      }),
    );
  });

  it('comes back with a long paste, many files and many commands', () => {
    const large: HopscopeDocument = {
      ...document,
      commands: Array.from({ length: 30_000 }, (_, at) => ({
        kind: 'typed' as const,
        host: 'central',
        namespace: '',
        line: at === 0 ? `cat > /etc/x <<EOF\n${'a line of it\n'.repeat(20_000)}EOF` : 'true',
        at,
      })),
      files: Array.from({ length: 400 }, (_, at) => ({ name: `${at}.yaml`, base64: 'AAEC' })),
    };
    expect(parseDocument(JSON.parse(JSON.stringify(large)))).toEqual({ ok: true, value: large });
  });

  it.each([
    ['nothing', new Uint8Array(), 'a.bin is neither a picture nor a document of Hopscope'],
    ['a foreign PNG', png, 'a.bin holds no Hopscope document'],
    ['a PNG with rubbish', pngWith('%%%'), 'the document in a.bin is damaged'],
    ['a PNG with something else packed', pngWith(toBase64(packed([1]))), 'not a Hopscope document: '],
    [
      'a foreign SVG',
      strToU8('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'a.bin holds no Hopscope document',
    ],
    [
      'an SVG cut off',
      strToU8('<svg><document xmlns="urn:hopscope:document:1"'),
      'a.bin holds no Hopscope document',
    ],
    ['other JSON', strToU8('{"a": 1}'), 'not a Hopscope document: '],
    ['broken JSON', strToU8('{"format": '), 'not a Hopscope document: no JSON'],
    [
      'a wrong version',
      strToU8(JSON.stringify({ ...document, version: 2 })),
      'not a Hopscope document: version',
    ],
    ['an extra field', strToU8(JSON.stringify({ ...document, extra: 1 })), 'not a Hopscope document: '],
    [
      'a command without a host',
      strToU8(JSON.stringify({ ...document, commands: [{ line: 'ls' }] })),
      'not a Hopscope document: commands.0',
    ],
  ])('refuses %s', (_, octets, message) => {
    const result = readExported(octets, 'a.bin');
    expect(result.ok).toBe(false);
    expect(!result.ok && result.error.startsWith(message), JSON.stringify(result)).toBe(true);
  });

  it('is told beforehand that a picture cannot carry it', () => {
    const random = createRandom(1);
    const base64 = toBase64(Uint8Array.from({ length: 8_400_000 }, () => random.below(256)));
    expect(fitsPicture({ ...document, files: [{ name: 'a.bin', base64 }] })).toBe(false);
    expect(fitsPicture(document)).toBe(true);
  });

  it('refuses to unpack more than it claims, and to claim more than is sane', () => {
    const bomb = gzipSync(new Uint8Array(3_000_000));
    const lying = bomb.slice();
    new DataView(lying.buffer).setUint32(lying.length - 4, 100, true);
    const huge = bomb.slice();
    new DataView(huge.buffer).setUint32(huge.length - 4, 4_000_000_000, true);
    expect(unpackDocument(lying).ok).toBe(false);
    expect(unpackDocument(huge)).toEqual({ ok: false, error: 'the document in this file is too large' });
  });

  it('refuses page state nested too deeply', () => {
    let page: unknown = 1;
    for (let depth = 0; depth < 2000; depth += 1) page = [page];
    expect(parseDocument({ ...document, page }).ok).toBe(false);
  });

  it('never throws, whatever the octets', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(new Uint8Array(), png, strToU8('<svg>'), strToU8('{'), Uint8Array.from([0x1f, 0x8b])),
        (tail, head) => {
          const octets = Uint8Array.from([...head, ...tail]);
          expect(() => [readExported(octets, 'x'), unpackDocument(octets)]).not.toThrow();
        },
      ),
    );
  });
});

describe('PNG chunks', () => {
  it('carry the check value that the standard defines', () => {
    expect(createCrc()(strToU8('IEND'))).toBe(0xae426082);
    expect(createCrc()(strToU8('123456789'))).toBe(0xcbf43926);
  });

  it('stand before the end and can be read again', () => {
    const own = withChunk(png, internationalText('Note', 'grün'));
    const chunks = readChunks(own ?? new Uint8Array()) ?? [];
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'IDAT', 'iTXt', 'IEND']);
    expect(chunks.map((chunk) => readInternationalText(chunk, 'Note'))).toEqual([null, null, 'grün', null]);
  });

  it('end where a file is damaged', () => {
    const broken = png.slice();
    broken[20] = 9;
    expect(readChunks(broken)).toEqual([]);
    expect(withChunk(broken, internationalText('a', 'b'))).toBeNull();
    expect(readChunks(strToU8('GIF89a'))).toBeNull();
  });
});

describe('SVG file', () => {
  const svg = exportSvg(picture(), { theme: LIGHT_THEME, ground: 'white' });

  it('stands alone: text is text, nothing foreign, nothing loaded', () => {
    expect(svg).not.toMatch(/foreignObject|<image|<script|href=|url\(|@import|undefined|NaN/);
    expect(svg).toContain('>ovn-worker-0</text>');
    expect(svg).toContain('<title>Multinode &lt;OVN&gt;</title>');
  });

  it('says what it shows, its legend and how to go on', () => {
    for (const text of [
      'vm1 to vm2 &amp; back',
      'path so far',
      'to come',
      'network1, VNI 1',
      'idle tunnel',
      'Step 45 of 142.',
    ])
      expect(svg).toContain(text);
    expect(svg).not.toContain('VLAN trunk');
  });

  it('has a ground of its own, the theme’s, or none', () => {
    const dark = exportSvg(picture(), { theme: DARK_THEME, ground: 'theme' });
    expect(dark).toMatch(/<rect width="\d+" height="\d+" fill="#121518"\/>/);
    expect(exportSvg(picture(), { theme: LIGHT_THEME, ground: 'none' })).not.toMatch(
      /<rect width="\d+" height="\d+" fill/,
    );
  });

  it('is well-formed: every element that opens also closes', () => {
    const stack: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-zA-Z]+)(?:[^>"]|"[^"]*")*?(\/?)>/g)) {
      if (close) expect(stack.pop()).toBe(name);
      else if (!self && name) stack.push(name);
    }
    expect(stack).toEqual([]);
  });

  it('leaves out what is not given', () => {
    const bare = exportSvg(
      picture({
        title: '',
        subtitle: '',
        footer: '',
        legend: false,
        document: null,
        playback: idlePlayback,
        area: { x: 0, y: 0, width: 90, height: 50 },
      }),
      { theme: LIGHT_THEME, ground: 'white' },
    );
    expect(bare).not.toContain('<metadata>');
    for (const part of ['title', 'legend', 'footer', 'packet']) expect(bare).not.toContain(`id="${part}"`);
    // Room for the picture and its margins alone; the file still has a name.
    expect(bare).toContain('width="130" height="90"');
    expect(bare).toContain('<title>Multinode &lt;OVN&gt;</title>');
  });

  it('marks what is selected', () => {
    const marked = picture({ marks: { ...noMarks, selected: 'host:worker1' } });
    expect(exportSvg(marked, { theme: LIGHT_THEME, ground: 'white' })).not.toBe(svg);
  });

  it('is what it was: a small bridge', () => {
    const small = world({
      hosts: [
        host('node', {
          address: '10.0.0.1',
          namespaces: [
            namespace('', [link('eth0', 'physical', { ovsPort: { bridge: 'br0', port: 'eth0' } })]),
          ],
          bridges: [
            ovsBridge('br0', [
              ovsPort('eth0', 1, { type: 'system' }),
              ovsPort('tap0', 2, { tag: 20, type: 'system' }),
            ]),
          ],
        }),
      ],
    });
    const model = diagramModel(small, modelOptions(assignNetworks(small, [])));
    const text = exportSvg(
      {
        model,
        layout: layoutDiagram(model, { pinned: new Map() }),
        playback: idlePlayback,
        marks: noMarks,
        name: 'One bridge',
        title: 'One bridge',
        legend: true,
        subtitle: '',
        footer: '',
        area: null,
        document: null,
      },
      { theme: LIGHT_THEME, ground: 'white' },
    );
    const golden = new URL('small-bridge.golden.svg', import.meta.url);
    let wanted = '';
    try {
      wanted = readFileSync(golden, 'utf8');
    } catch {
      // First run: the file written beside is the proposal.
    }
    if (text !== wanted) writeFileSync(new URL('small-bridge.new.svg', import.meta.url), text);
    expect(text).toBe(wanted);
  });
});

describe('other files', () => {
  const { model, layout } = picture();

  it('draw.io: every box and line once, children inside their parents', () => {
    const text = exportDrawio(model, layout, 'a "b" <c>', LIGHT_THEME);
    const ids = [...text.matchAll(/<mxCell id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(2 + model.nodes.length + model.edges.length);
    for (const [, parent] of text.matchAll(/ parent="([^"]+)"/g)) expect(ids).toContain(parent);
    expect(text).toContain('<diagram name="a &quot;b&quot; &lt;c&gt;">');
    expect(text).toContain('value="NB&#10;:6641"');
    expect(text).not.toMatch(/"[^"<>]*\n[^"<>]*"/);
    expect(text).not.toMatch(/undefined|NaN/);
  });

  it('Mermaid: nesting as subgraphs, names that cannot break it', () => {
    const text = exportMermaid(model, 'Multinode "OVN"');
    expect(text).toContain('title: "Multinode \\"OVN\\""');
    expect(text).toMatch(/subgraph n\d+\["worker1<br\/>192\.168\.50\.100"\]/);
    expect(text.match(/ === ?\|"geneve"\|/g) ?? text.match(/===\|"geneve"\|/g)).toHaveLength(3);
    expect((text.match(/subgraph/g) ?? []).length).toBe((text.match(/^ *end$/gm) ?? []).length);
    const named = world({ hosts: [host('a"]; click #')] });
    const bad = diagramModel(named, modelOptions([]));
    expect(exportMermaid(bad, '')).toContain('["a#34;]#59; click #35;"]');
  });
});

describe('text as outlines', () => {
  it('has each letter once, where the fonts put it, and opens again', () => {
    const letters: LetterShapes = {
      shape: (letter) => (letter === ' ' ? '' : `M0 0L${letter.codePointAt(0)} 0L0-700Z`),
      advance: (text) => Array.from(text).length * 500,
    };
    const svg = exportSvg(picture({ title: '網 <b' }), { theme: LIGHT_THEME, ground: 'white' }, letters);
    expect(svg).not.toContain('<text');
    expect(svg).toContain(
      `aria-label="網 &lt;b" fill="${LIGHT_THEME.colours.text}" transform="translate(0 12) scale(0.014)"><use href="#ui600-7db2" x="0"/><use href="#ui600-3c" x="1000"/><use href="#ui600-62" x="1500"/></g>`,
    );
    const defined = Array.from(svg.matchAll(/<path id="([^"]+)"/g), ([, id]) => id);
    const used = new Set(Array.from(svg.matchAll(/<use href="#([^"]+)"/g), ([, id]) => id));
    expect(new Set(defined)).toEqual(used);
    expect(defined).toHaveLength(used.size);
    const labels = Array.from(svg.matchAll(/aria-label="([^"]*)"/g), ([, label]) => label);
    for (const name of ['worker1', 'br-int', 'vm1']) expect(labels).toContain(name);
    expect(readExported(strToU8(svg), 'a.svg')).toEqual({ ok: true, value: document });
  });
});
