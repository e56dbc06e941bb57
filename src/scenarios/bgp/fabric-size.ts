/** How large a fabric may be, and the size that the id of one says. */

interface FabricLimits {
  readonly spines: number;
  readonly leaves: number;
  /** Every leaf is cabled to every spine: sessions too. */
  readonly cables: number;
}

/** 16 by 128 takes a minute and half a gigabyte until every guest reaches every other; more is longer than one waits. */
export const FABRIC_LIMITS: FabricLimits = { spines: 32, leaves: 256, cables: 2048 };

/** `fabric-4x16`: four spines and sixteen leaves. */
export const fabricId = (spines: number, leaves: number): string => `fabric-${spines}x${leaves}`;

/** Undefined for an id that names no fabric; `problem` is '' for a size that can be made. */
export function readFabricId(
  id: string,
): { readonly spines: number; readonly leaves: number; readonly problem: string } | undefined {
  const [, spineText, leafText] = /^fabric-(\d{1,6})x(\d{1,6})$/.exec(id) ?? [];
  if (spineText === undefined || leafText === undefined) return undefined;
  const [spines, leaves] = [Number(spineText), Number(leafText)];
  const most = FABRIC_LIMITS;
  const fits =
    spines >= 1 &&
    leaves >= 2 &&
    spines <= most.spines &&
    leaves <= most.leaves &&
    spines * leaves <= most.cables;
  const problem = fits
    ? ''
    : `A fabric has 1 to ${most.spines} spines, 2 to ${most.leaves} leaves and at most ${most.cables} cables: ${spines} by ${leaves} has ${spines * leaves}.`;
  return { spines, leaves, problem };
}
