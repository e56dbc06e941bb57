// The rooms and who may import whom, as a lint rule. `types` rooms may be imported by `import type` only.
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = resolve(dirname(fileURLToPath(import.meta.url)), '../src');
const CORE = [
  'base',
  'wire',
  'ovsdb',
  'flow',
  'ofproto',
  'linux',
  'frr',
  'ovn',
  'sim',
  'shell',
  'readers',
].map((room) => `core/${room}`);
const below = (...rooms) => rooms.map((room) => `core/${room}`);

/** For each room: rooms that it may import, and rooms of which it may import types only. */
const ROOMS = {
  'core/base': { values: [] },
  'core/wire': { values: below('base') },
  'core/ovsdb': { values: below('base') },
  'core/flow': { values: below('base', 'wire') },
  'core/ofproto': { values: below('base', 'wire', 'flow', 'ovsdb') },
  'core/linux': { values: below('base', 'wire', 'flow', 'ovsdb') },
  'core/frr': { values: below('base', 'wire', 'flow', 'ovsdb') },
  'core/ovn': { values: below('base', 'wire', 'flow', 'ovsdb', 'ofproto') },
  'core/sim': { values: below('base', 'wire', 'flow', 'ovsdb', 'ofproto', 'linux', 'frr', 'ovn') },
  'core/shell': { values: below('base', 'wire', 'flow', 'ovsdb', 'ofproto', 'linux', 'frr', 'ovn', 'sim') },
  'core/readers': { values: below('base', 'wire', 'flow', 'ovsdb', 'ofproto', 'linux', 'frr', 'ovn', 'sim') },
  scenarios: { values: CORE },
  // The worker runs the core; the client, protocol and snapshot know its types only.
  'engine/worker': { values: [...CORE, 'scenarios', 'engine'] },
  engine: { values: ['engine/worker'], types: CORE },
  view: { values: ['engine'], types: CORE },
  diagram: { values: ['view', 'engine'], types: CORE },
  export: { values: ['diagram', 'view', 'engine'], types: CORE },
  ui: { values: ['export', 'diagram', 'view', 'engine'], types: CORE },
  conformance: { values: CORE },
};

function roomOf(file) {
  const path = relative(SOURCE, file).replaceAll('\\', '/');
  if (path.startsWith('..')) return undefined;
  const [first, second] = path.split('/');
  if (first === 'core') return `core/${second}`;
  if (first === 'engine' && second === 'worker') return 'engine/worker';
  return first;
}

const layers = {
  create(context) {
    const file = context.filename;
    const room = roomOf(file);
    if (room === undefined || /\.test\.tsx?$/.test(file)) return {};
    const check = (node, typeOnly) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      if (!source.startsWith('.')) {
        if (room.startsWith('core/') && room !== 'core/shell' && room !== 'core/readers')
          context.report({ node, message: `${room} imports no package (${source})` });
        return;
      }
      const target = roomOf(resolve(dirname(file), source));
      if (target === undefined || target === room) {
        if (/^\.\/index\.ts$|^(\.\.\/)+index\.ts$/.test(source) && room.startsWith('core/')) {
          const face = relative(resolve(SOURCE, room), resolve(dirname(file), source));
          if (face === 'index.ts')
            context.report({ node, message: 'nothing inside a room imports its own face' });
        }
        return;
      }
      const rule = ROOMS[room];
      if (!rule) context.report({ node, message: `${room} is not a room: see ARCHITECTURE.md` });
      else if (!rule.values.includes(target) && !(typeOnly && rule.types?.includes(target)))
        context.report({
          node,
          message: `${room} may not import ${typeOnly ? 'types' : 'values'} of ${target}`,
        });
    };
    return {
      ImportDeclaration: (node) => check(node, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, false),
    };
  },
};

export default { meta: { name: 'hopscope' }, rules: { layers } };
