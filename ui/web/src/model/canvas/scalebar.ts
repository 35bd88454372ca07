/** A scale bar: a round length, the pixels it takes on the screen, and its unit. */
export interface ScaleBar {
  readonly width: number; // CSS pixels
  readonly length: number; // in unit
  readonly unit: "mm" | "µm" | "px";
}

/** The largest of 1, 2, 5 × 10ⁿ that is not above v. */
function roundDown(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v));
  const lead = v / power;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

/** The bar of at most room CSS pixels; mmPerPx is 0 when the camera is not calibrated. */
export function scaleBar(scale: number, mmPerPx: number, room: number): ScaleBar {
  if (mmPerPx <= 0) {
    const length = Math.max(1, roundDown(room / scale));
    return { width: length * scale, length, unit: "px" };
  }
  const mm = roundDown((room / scale) * mmPerPx);
  const width = (mm / mmPerPx) * scale;
  return mm < 0.1 ? { width, length: Math.round(mm * 1000), unit: "µm" } : { width, length: mm, unit: "mm" };
}
