// Which defects are frequent: bars by falling number, and the line of their cumulative share.

import { paretoOf } from "../../model/progress";
import type { Stats } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { bottom, Frame, height, left, plotHeight, plotWidth, right, top, width } from "./Frame";

const most = 10;

export const Pareto = ({ stats }: { stats: Stats }) => {
  const app = useApp();
  const { words: { progress: w }, format } = useSpeech();
  const bars = paretoOf(stats.classes, most, (id) => (id ? (app.classes.of(id)?.name ?? id) : w.unclassed), w.rest);
  const all = Math.max(1, bars.reduce((n, b) => n + b.n, 0)); // both axes end where everything is counted
  const count = (share: number): string => (Number.isInteger(all * share) ? format.number(all * share) : "");
  const step = plotWidth / Math.max(bars.length, 3);
  const x = (i: number): number => left + step * (i + 0.5);
  const y = (share: number): number => top + plotHeight * (1 - share);
  const line = bars.map((b, i) => `${x(i)},${y(b.sum)}`).join(" ");
  return (
    <Frame title={w.pareto} steps={[0, 0.25, 0.5, 0.75, 1].map((s) => ({ at: s, text: count(s), right: `${s * 100} %` }))} axis={w.paretoAxis} axisRight={w.cumulative}>
      <line class="fine dash" x1={left} x2={width - right} y1={y(0.8)} y2={y(0.8)} />
      {bars.map((b, i) => (
        <g key={b.name}>
          <rect class="bars" x={x(i) - step * 0.34} width={step * 0.68} y={y(b.n / all)} height={(plotHeight * b.n) / all} />
          <text class="big" x={x(i)} y={y(b.n / all) - 8} text-anchor="middle">{format.number(b.n)}</text>
          {wrap(b.name, step).map((part, k) => <text key={part} class="name" x={x(i)} y={height - bottom + 24 + k * 19} text-anchor="middle">{part}</text>)}
        </g>
      ))}
      <polyline class="sum" points={line} />
      {bars.map((b, i) => <circle key={b.name} class="sumdot" cx={x(i)} cy={y(b.sum)} r="5" />)}
    </Frame>
  );
};

/** A class name in at most two lines of the bar's width; a Chinese character is as wide as two letters. */
const wrap = (name: string, wide: number): string[] => {
  const fits = Math.max(4, Math.floor(wide / 9));
  const wideOf = (s: string): number => [...s].reduce((n, c) => n + (c > "\u2e80" ? 2 : 1), 0);
  const out = [""];
  for (const piece of name.split(/(?<=\s)|(?=[\u2e80-\uffff])/)) {
    const last = out.at(-1) ?? "";
    if (last && wideOf(last + piece) > fits && out.length < 2) out.push(piece);
    else out[out.length - 1] = last + piece;
  }
  return out.map((s) => (wideOf(s) > fits + 3 ? `${[...s].slice(0, Math.max(2, Math.floor((fits * s.length) / wideOf(s)) - 1)).join("")}…` : s));
};
