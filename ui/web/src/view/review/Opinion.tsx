// One person's word on an item, to be read beside another's: the picture with what was marked, or the signals with the interval.

import type { Draft, Region, Row } from "../../model/types";
import { onImage } from "../../model/proposals";
import { classesOf } from "../../model/review";
import { useApp, useSpeech } from "../context";
import { Said } from "../parts/Said";

/** The pixels of a mask as one path: a run of lit pixels is a bar of height 1. */
const barsOf = (r: Region): string => {
  const rect = r.rect;
  if (!rect || !r.runs) return "";
  let at = 0;
  let path = "";
  r.runs.forEach((n, i) => {
    for (let left = i % 2 ? n : 0, from = at; left > 0; ) {
      const x = from % rect.w;
      const wide = Math.min(left, rect.w - x);
      path += `M${rect.x + x} ${rect.y + Math.floor(from / rect.w)}h${wide}v1h${-wide}z`;
      from += wide;
      left -= wide;
    }
    at += n;
  });
  return path;
};

const Shape = ({ r }: { r: Region }) => {
  const points = (r.points ?? []).map((p) => p.join(",")).join(" ");
  if (r.kind === "mask") return <path class="fillmark" d={barsOf(r)} />;
  if (r.rect) return <rect x={r.rect.x} y={r.rect.y} width={r.rect.w} height={r.rect.h} transform={r.angle ? `rotate(${r.angle} ${r.rect.x + r.rect.w / 2} ${r.rect.y + r.rect.h / 2})` : undefined} />;
  if (r.kind === "polygon") return <polygon points={points} />;
  const [p] = r.points ?? [];
  return r.kind === "point" && p ? <circle cx={p[0]} cy={p[1]} r="6" /> : <polyline points={points} />;
};

interface Said { row: Row; label: Draft }

const Picture = ({ row, label }: Said) => {
  const app = useApp();
  const image = row.images?.[0];
  if (!image) return null;
  const marks = (label.regions ?? []).filter((r) => r.image === image.sha256);
  return (
    <svg class="opinion" viewBox={`0 0 ${image.width} ${image.height}`} role="img">
      <image href={`${app.base}/images/${image.sha256}/preview`} width={image.width} height={image.height} />
      {marks.map((r) => <Shape key={r.id} r={r} />)}
    </svg>
  );
};

const Signals = ({ row, label }: Said) => {
  const app = useApp();
  const w = row.window;
  if (!w) return null;
  const at = (ns: number): number => ((ns - w.from) / (w.to - w.from)) * 100;
  return (
    <svg class="opinion trace" viewBox="0 0 100 60" preserveAspectRatio="none" role="img">
      {(label.regions ?? []).filter((r) => !onImage(r)).map((r) => <rect key={r.id} class="fillmark" x={at(r.from ?? 0)} y="0" width={Math.max(0.6, at(r.to ?? 0) - at(r.from ?? 0))} height="60" />)}
      <path d={app.sparks.path(row).value} />
    </svg>
  );
};

/** The item with what a label marks on it. */
export const Marked = ({ row, label }: Said) => (
  <div class="oview">{row.images?.length ? <Picture row={row} label={label} /> : null}{row.window ? <Signals row={row} label={label} /> : null}</div>
);

export const Opinion = ({ row, label, name }: Said & { name: string }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const n = label.regions?.length ?? 0;
  return (
    <article class="ocard">
      <header class="row"><small>{name}</small><Said verdict={label.verdict} /><b class="cut">{format.list(app.classes.names(classesOf(label)))}</b></header>
      <Marked row={row} label={label} />
      <p class="mut cut">{format.list([n ? words.clash.regions(n) : words.clash.noRegions, label.comment])}</p>
    </article>
  );
};
