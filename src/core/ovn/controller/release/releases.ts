/** The releases of ovn-controller that can be run. */
import { RELEASE_20_12 } from './release-20-12.ts';
import { RELEASE_26_03 } from './release-26-03.ts';
import type { ControllerRelease, OvnRelease } from './release.ts';

export const RELEASES: Readonly<Record<OvnRelease, ControllerRelease>> = {
  '20.12': RELEASE_20_12,
  '26.03': RELEASE_26_03,
};
