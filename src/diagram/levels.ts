/** From which zoom each level of detail is drawn. */
import type { Detail } from '../view/model.ts';

/** `names` at 50 %, `ports` at 100 %, `facts` at 200 %: each before its round number; what does not fit is left out anyway. */
export const LEVEL: Readonly<Record<Detail, number>> = { names: 0.4, ports: 0.52, facts: 1.6 };

/** What cables end on (bridges, segments) has its name written from here on, where it fits. */
export const BUS_NAMES = 0.25;

/** The VLANs of a trunk are told apart from here on. */
export const STRIPES = 0.28;

/** Logical boxes hold little else than their name: it is written from here on, where it fits. */
export const LOGICAL_NAMES = 0.28;

/** Between these two the name of a machine stands outside it: its head is too low, but its place is wide enough. */
export const OUTSIDE_NAME = { from: 0.28, to: 0.46 } as const;

/** Below this a machine is a plate with its name: nothing in it could be told apart. */
export const PLATE = OUTSIDE_NAME.from;
/** The least zoom at which a plate's name is written, if it is as wide as that. */
export const LEAST_NAME = 0.1;
