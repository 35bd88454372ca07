// The tables of the status screen.

import type { SourceStatus, Status, TargetStatus } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Mark, type Shape } from "../parts/Icon";

const shapeOf: Record<string, Shape> = { up: "ok", idle: "ok", uploading: "ok", waiting: "not_ok", stopped: "not_ok", connecting: "not_decidable", starting: "not_decidable" };
const toneOf = (shape: Shape): string => (shape === "not_ok" ? "bad" : shape === "not_decidable" ? "warn" : "dim");
const sum = (counts: Record<string, number> | null | undefined): number => Object.values(counts ?? {}).reduce((a, b) => a + b, 0);
const detail = (counts: Record<string, number> | null | undefined): string => Object.entries(counts ?? {}).map(([k, n]) => `${k}: ${n}`).join("\n");

const SourceLine = ({ s, now }: { s: SourceStatus; now: number }) => {
  const { words, format } = useSpeech();
  const shape = shapeOf[s.state] ?? "not_decidable";
  const stuck = shape === "not_ok";
  return (
    <tr>
      <td><span class={toneOf(shape)}><Mark shape={shape} /></span></td>
      <td class="m"><span class="cut">{s.name}</span></td>
      <td class="mut hide-s">{words.status.kinds[s.kind] ?? s.kind}</td>
      <td class={stuck ? "bad b" : "mut"}>{words.status.state[s.state] ?? s.state}</td>
      <td class={`r num${stuck ? " bad b" : ""}`}>{s.lastSample ? format.span((now - s.lastSample) / 1e6) : "–"}</td>
      <td class="r num">{format.number(s.kind === "camera" ? s.images : s.samples)}</td>
      <td class={`r num${sum(s.rejected) > 0 ? " warn b" : " dim"}`} title={detail(s.rejected)}>{format.number(sum(s.rejected))}</td>
      <td class={`r num${sum(s.gaps) > 0 ? "" : " dim"}`} title={detail(s.gaps)}>{format.number(sum(s.gaps))}</td>
    </tr>
  );
};

export const Sources = ({ sources, now }: { sources: SourceStatus[]; now: number }) => {
  const { words: { status: w } } = useSpeech();
  return (
    <div class="sec grow">
      <div class="h"><h2>{w.sources}</h2></div>
      {sources.length === 0 && <p class="mut pad">{w.noSources}</p>}
      {sources.length > 0 && (
        <div class="scroll">
          <table class="src">
            <thead><tr><th /><th>{w.name}</th><th class="hide-s">{w.kind}</th><th>{w.title}</th><th class="r">{w.last}</th><th class="r">{w.total}</th><th class="r">{w.rejected}</th><th class="r">{w.gaps}</th></tr></thead>
            <tbody>{sources.map((s) => <SourceLine key={s.name} s={s} now={now} />)}</tbody>
          </table>
        </div>
      )}
    </div>
  );
};

export const QueueFigures = ({ queue }: { queue: Status["queue"] }) => {
  const app = useApp();
  const { words: { status: w }, format } = useSpeech();
  const figures = [[w.open, queue.open], [w.labeled, queue.labeled], [w.unsynced, queue.unsynced]] as const;
  return (
    <div class="sec">
      <div class="h"><h2>{w.queue}</h2>{queue.oldest > 0 && <span class="cap num">{w.oldest} {format.span(app.clock.value - queue.oldest / 1e6)}</span>}</div>
      <div class="figures">{figures.map(([name, n]) => <div key={name}><b class="num">{format.number(n)}</b><span>{name}</span></div>)}</div>
    </div>
  );
};

export const Targets = ({ targets }: { targets: TargetStatus[] }) => {
  const app = useApp();
  const { words: { status: w }, format } = useSpeech();
  return (
    <div class="sec">
      <div class="h"><h2>{w.targets}</h2></div>
      {targets.length === 0 && <p class="mut pad">{w.noTargets}</p>}
      <table class="tight">
        <tbody>
          {targets.map((t) => {
            const shape: Shape = t.error ? "not_decidable" : shapeOf[t.state] ?? "ok";
            return (
              <tr key={t.name}>
                <td><span class={toneOf(shape)}><Mark shape={shape} /></span> {t.name} <span class="dim hide-s">{w.kinds[t.kind] ?? t.kind}</span></td>
                <td class="mut">{w.target[t.state] ?? t.state}</td>
                <td class="r num">{w.pending(t.pending)}</td>
                <td class="r num dim">{t.lastSync ? w.lastSync(format.span(app.clock.value - t.lastSync / 1e6)) : w.never}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

export const Disk = ({ disk }: { disk: Status["disk"] }) => {
  const { words: { status: w }, format } = useSpeech();
  const total = disk.used + disk.free;
  const classes = disk.classes ?? [];
  const width = (share: number) => (el: HTMLElement | null): void => el?.style.setProperty("flex-grow", String(Math.max(share, 0.004)));
  const rest = total - classes.reduce((a, c) => a + c.bytes, 0);
  return (
    <div class="sec grow">
      <div class="h"><h2>{w.disk}</h2><span class="cap num">{w.diskOf(format.bytes(disk.used), format.bytes(total))}</span></div>
      <div class="disk" aria-hidden="true">
        {classes.map((c, i) => <i key={c.name} class={`c${(i % 5) + 1}`} ref={width(total ? c.bytes / total : 0)} />)}
        <i class="c6" ref={width(total ? rest / total : 1)} />
      </div>
      <table class="tight">
        <tbody>
          {classes.map((c, i) => (
            <tr key={c.name}><td><i class={`sw c${(i % 5) + 1}`} />{w.classes[c.name] ?? c.name}</td><td class="r num">{format.bytes(c.bytes)}</td><td class="r num dim">{c.budget > 0 ? w.budget(format.bytes(c.budget)) : ""}</td></tr>
          ))}
          <tr><td><i class="sw c6" />{w.free}</td><td class="r num">{format.bytes(disk.free)}</td><td class="r num dim" /></tr>
        </tbody>
      </table>
      <p class="cap num pad">{w.evicted(disk.evicted)}</p>
    </div>
  );
};
