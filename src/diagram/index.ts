/** The face of `diagram`: scene, pens and the controller on a canvas. */
export { buildScene } from './build-scene.ts';
export { createDiagram, type Diagram } from './controller.ts';
export { noMarks, type SceneMarks } from './scene.ts';
export { DARK_THEME, LIGHT_THEME, themeOf, type Theme } from './theme.ts';
