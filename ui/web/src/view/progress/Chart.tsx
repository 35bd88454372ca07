// The p-chart: the share of NG by time, its mean, and the limits inside of which it moves by chance.

import { outside } from "../../model/progress";
import type { Stats } from "../../model/types";
import { useSpeech } from "../context";
import { bottom, Frame, height, left, plotHeight, plotWidth, right, top, width } from "./Frame";

const tops = [0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8, 1]; // a quarter of each is a round number

export const Chart = ({ stats }: { stats: Stats }) => {
  const { words: { progress: w }, format } = useSpeech();
  const { groups } = stats;
  const mean = stats.mean ?? 0;
  const highest = Math.max(...groups.map((g) => Math.max(g.upper, g.notOK / g.n)), mean);
  const scale = tops.find((t) => t >= highest) ?? 1;
  const step = plotWidth / Math.max(groups.length, 1);
  const x = (i: number): number => left + step * (i + 0.5);
  const y = (share: number): number => top + plotHeight * (1 - share / scale);
  const stairs = (of: "lower" | "upper"): string => groups.map((g, i) => `${left + step * i},${y(g[of])} ${left + step * (i + 1)},${y(g[of])}`).join(" ");
  const days = (groups.at(-1)?.to ?? 0) - (groups[0]?.from ?? 0) > 36 * 3600e9;
  const each = Math.ceil(groups.length / 8);
  const percent = (v: number): string => `${format.number(v * 100, scale < 0.04 ? 1 : 0)} %`;
  return (
    <Frame title={w.chart} sub={format.list([w.mean(`${format.number(mean * 100, 1)} %`), w.limits, w.outside(groups.filter(outside).length)])} steps={[0, 0.25, 0.5, 0.75, 1].map((s) => ({ at: s, text: percent(s * scale) }))}>
      <line class="mean" x1={left} x2={width - right} y1={y(mean)} y2={y(mean)} />
      <polyline class="limit" points={stairs("upper")} /><polyline class="limit" points={stairs("lower")} />
      <polyline class="run" points={groups.map((g, i) => `${x(i)},${y(g.notOK / g.n)}`).join(" ")} />
      {groups.map((g, i) => {
        const from = days ? format.dayAndTime(g.from / 1e6) : format.minute(g.from / 1e6);
        const py = y(g.notOK / g.n);
        return (
          <g key={g.from}>
            <title>{w.group(from, g.notOK, g.n)}</title>
            {outside(g) ? <path class="out" d={`M${x(i) - 8} ${py - 8}l16 16m0-16l-16 16`} /> : <circle class="dot" cx={x(i)} cy={py} r="5" />}
            {i % each === 0 && <text class="small" x={x(i)} y={height - bottom + 24} text-anchor="middle">{from}</text>}
            {i % each === 0 && <text class="small dimmed" x={x(i)} y={height - bottom + 44} text-anchor="middle">n = {format.number(g.n)}</text>}
          </g>
        );
      })}
    </Frame>
  );
};
