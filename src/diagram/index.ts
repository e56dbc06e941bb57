/** The face of `diagram`: scene, pens and the controller on a canvas. */
export { buildScene } from './build-scene.ts';
export { createDiagram } from './controller.ts';
export type { Diagram } from './diagram.ts';
export { noMarks, type SceneMarks } from './scene.ts';
export { DARK_THEME, LIGHT_THEME, themeOf, type Theme } from './theme.ts';
