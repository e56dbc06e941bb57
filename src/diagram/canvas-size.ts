/** Gives a canvas the device pixels for its CSS pixels. Touching the size clears it, so only when it differs; true then. */
export function setBacking(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): boolean {
  const wide = Math.max(1, Math.round(width * ratio));
  const high = Math.max(1, Math.round(height * ratio));
  if (canvas.width === wide && canvas.height === high) return false;
  canvas.width = wide;
  canvas.height = high;
  return true;
}
