/** Networks are told apart by their colours alone only where everyone can: measured, in both themes. */
import { describe, expect, it } from 'vitest';
import { COLOURS } from './theme.table.ts';

type Triple = readonly [number, number, number];

const LINEAR = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const linear = (hex: string): Triple => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) =>
    LINEAR(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return [r, g, b];
};
const times = (rows: readonly Triple[], [x, y, z]: Triple): Triple => {
  const [a = 0, b = 0, c = 0] = rows.map((row) => row[0] * x + row[1] * y + row[2] * z);
  return [a, b, c];
};

/** How the colours look to a full dichromat, for linear light (Machado, Oliveira and Fernandes 2009). */
const SIGHTS: Readonly<Record<string, readonly Triple[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIELAB under D65. */
function lab(light: Triple): Triple {
  const [x, y, z] = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    light.map((part) => Math.min(1, Math.max(0, part))) as unknown as Triple,
  );
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const rad = (degrees: number): number => (degrees * Math.PI) / 180;
const angle = (b: number, a: number): number => ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;

/** CIEDE2000. */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const [h1, h2] = [angle(b1, p1), angle(b2, p2)];
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin(rad(turn) / 2);
  const hue = Math.abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : ((h1 + h2 + 360) / 2) % 360;
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  const t =
    1 -
    0.17 * Math.cos(rad(hue - 30)) +
    0.24 * Math.cos(rad(2 * hue)) +
    0.32 * Math.cos(rad(3 * hue + 6)) -
    0.2 * Math.cos(rad(4 * hue - 63));
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [dl, dc, hh] = [(l2 - l1) / sl, (c2 - c1) / (1 + 0.045 * c), dh / (1 + 0.015 * c * t)];
  const rc = 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const rt = -rc * Math.sin(rad(60 * Math.exp(-(((hue - 275) / 25) ** 2))));
  return Math.sqrt(dl ** 2 + dc ** 2 + hh ** 2 + rt * dc * hh);
}

/** The hue in OKLab, degrees. */
function hueOf(hex: string): number {
  const cone = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear(hex),
  );
  const [l, m, s] = cone.map(Math.cbrt) as unknown as Triple;
  return angle(
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
  );
}

function contrast(one: string, other: string): number {
  const y = (hex: string): number => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [y(one), y(other)];
  return Math.max(a, b) / Math.min(a, b);
}

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
/** Those that are handed out first, and so are oftenest seen together. */
const FIRST = [1, 2, 3, 5] as const;

describe.each(['light', 'dark'] as const)('networks in the %s theme', (theme) => {
  const colours = COLOURS[theme];
  it.each(Object.keys(SIGHTS))('are told apart by their colour: %s sight', (sight) => {
    const seen = (number: (typeof NUMBERS)[number]): Triple =>
      lab(times(SIGHTS[sight] ?? [], linear(colours[`net-${number}`])));
    const least = (numbers: readonly (typeof NUMBERS)[number][]): number =>
      Math.min(
        ...numbers.flatMap((one, at) => numbers.slice(at + 1).map((two) => difference(seen(one), seen(two)))),
      );
    expect(least(NUMBERS)).toBeGreaterThan(11);
    expect(least(FIRST)).toBeGreaterThan(16);
  });

  it.each(NUMBERS)('can be seen, and their codes read: %i', (number) => {
    const stroke = colours[`net-${number}`];
    for (const ground of [colours.canvas, colours.surface])
      expect(contrast(stroke, ground)).toBeGreaterThan(3);
    for (const ground of [colours[`net-${number}-fill`], colours.surface])
      expect(contrast(colours[`net-${number}-text`], ground)).toBeGreaterThan(4.5);
  });
});

it.each(NUMBERS)('network %i has one hue in both themes', (number) => {
  const turn = hueOf(COLOURS.light[`net-${number}`]) - hueOf(COLOURS.dark[`net-${number}`]);
  expect(Math.abs(((turn + 540) % 360) - 180)).toBeLessThan(4);
});
