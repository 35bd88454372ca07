// The frame that the charts share: title, value axis on the left, a second one on the right where there is one.

import type { ComponentChildren } from "preact";

export const width = 1120;
export const height = 540;
export const left = 70;
export const right = 70;
export const top = 76;
export const bottom = 62;
export const plotWidth = width - left - right;
export const plotHeight = height - top - bottom;

interface Step { at: number /* 0 bottom, 1 top */; text: string; right?: string }

export const Frame = ({ title, sub, steps, axis, axisRight, children }: { title: string; sub?: string; steps: readonly Step[]; axis?: string; axisRight?: string; children: ComponentChildren }) => (
  <svg class="figure" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
    <text class="title" x={left} y="30">{title}</text>
    {sub && <text class="small" x={width - right} y="30" text-anchor="end">{sub}</text>}
    {axis && <text class="small" x={left - 12} y={top - 16} text-anchor="middle">{axis}</text>}
    {axisRight && <text class="small" x={width - right + 12} y={top - 16} text-anchor="end">{axisRight}</text>}
    {steps.map((s) => {
      const y = top + plotHeight * (1 - s.at);
      return (
        <g key={s.at}>
          <line class="grid" x1={left} x2={width - right} y1={y} y2={y} />
          <text class="small" x={left - 10} y={y + 5} text-anchor="end">{s.text}</text>
          {s.right && <text class="small" x={width - right + 10} y={y + 5}>{s.right}</text>}
        </g>
      );
    })}
    {children}
  </svg>
);
