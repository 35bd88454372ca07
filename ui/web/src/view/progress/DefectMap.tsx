// Where on the part the defects are: the density of marked regions over a picture of a good part.

import type { DefectMap as Map } from "../../model/types";
import { useApp, useSpeech } from "../context";

const width = 700; // of the drawing: its words are then as large as those of the charts
const headroom = 48;
const footroom = 40;

export const DefectMap = ({ map }: { map: Map }) => {
  const app = useApp();
  const { words: { progress: w } } = useSpeech();
  const most = Math.max(1, ...map.cells);
  const tall = Math.round((width * map.height) / map.width);
  const cell = { w: width / map.columns, h: tall / map.rows };
  const scale = [0.25, 0.5, 0.75, 1];
  return (
    <svg class="figure" viewBox={`0 0 ${width} ${tall + headroom + footroom}`} role="img" aria-label={w.map(map.camera)}>
      <text class="title" x="0" y="30">{w.map(map.camera)}</text>
      <text class="small" x={width} y="30" text-anchor="end">{map.regions ? w.regions(map.regions) : w.noRegions}</text>
      <g transform={`translate(0 ${headroom})`}>
        <image class="ground" href={`${app.base}/images/${map.image}/preview`} width={width} height={tall} preserveAspectRatio="none" />
        {map.cells.map((n, i) => n > 0 && <rect key={i} class="heat" fill-opacity={0.18 + (0.72 * n) / most} x={(i % map.columns) * cell.w} y={Math.floor(i / map.columns) * cell.h} width={cell.w} height={cell.h}><title>{w.regions(n)}</title></rect>)}
        <rect class="outline" width={width} height={tall} />
      </g>
      {scale.map((s, i) => <rect key={s} class="heat" fill-opacity={0.18 + 0.72 * s} x={i * 44} y={tall + headroom + 14} width="44" height="18" />)}
      <text class="small" x={scale.length * 44 + 12} y={tall + headroom + 29}>{w.mapScale(most)}</text>
    </svg>
  );
};
