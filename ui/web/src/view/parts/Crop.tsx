// A part of a stored picture, with what it is about outlined.

import type { Rect } from "../../model/types";
import { useApp } from "../context";

/** What is shown: the region with as much around it, never less than a sixth of the picture, as 16:9. */
const around = (r: Rect | undefined, width: number, height: number): string => {
  if (!r) return `0 0 ${width} ${height}`;
  const w = Math.max(r.w * 2.5, (r.h * 2.5 * 16) / 9, width / 6);
  const h = (w * 9) / 16;
  return `${r.x + r.w / 2 - w / 2} ${r.y + r.h / 2 - h / 2} ${w} ${h}`;
};

export const Crop = ({ sha256, width, height, rect }: { sha256: string; width: number; height: number; rect?: Rect | undefined }) => {
  const app = useApp();
  return (
    <svg class="crop" viewBox={around(rect, width, height)} aria-hidden="true">
      <image href={`${app.base}/images/${sha256}/preview`} width={width} height={height} />
      {rect && <rect class="mark" x={rect.x} y={rect.y} width={rect.w} height={rect.h} />}
    </svg>
  );
};
