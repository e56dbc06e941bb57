/** json-c's layouts. */
import { expect, test } from 'vitest';
import { compactJson, escapedJson, prettyJson, spacedJson } from './json.ts';
import { formatCtime, uptimeOf } from './time.ts';

test('layouts', () => {
  const value = { 'a/b': 1, list: [], empty: {}, gone: undefined, more: [{ x: true }, 'y"z'] };
  expect(prettyJson(value)).toBe(
    '{\n  "a/b":1,\n  "list":[\n  ],\n  "empty":{\n  },\n  "more":[\n    {\n      "x":true\n    },\n    "y\\"z"\n  ]\n}\n',
  );
  expect(escapedJson({ s: 'n/a' })).toBe('{\n  "s":"n\\/a"\n}\n');
  expect(compactJson(value)).toBe('{"a/b":1,"list":[],"empty":{},"more":[{"x":true},"y\\"z"]}');
  expect(spacedJson({ warning: 'no' })).toBe('{ "warning": "no" }');
});

test('times', () => {
  const at = (seconds: number): string => uptimeOf(0, seconds * 1e9);
  expect([at(62), at(90_061), at(1_000_000), at(40_000_000)]).toEqual([
    '00:01:02',
    '1d01h01m',
    '01w4d13h',
    '01y13w6d',
  ]);
  expect(uptimeOf(null, 5)).toBe('never');
  expect(formatCtime(1_795_359_787)).toBe('Sun Nov 22 15:03:07 2026');
  expect(formatCtime(951_827_696)).toBe('Tue Feb 29 12:34:56 2000');
});
