import type { Signal } from "@preact/signals";
import type { CanvasStrings } from "../../model/stage";
import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import { MOST_POINT_HANDLES, type Grip, type Side } from "../../model/canvas/handles";
import { isOnImage } from "../../model/canvas/shape";

interface Props {
  selected: Signal<string | null>;
  regions: Signal<Region[]>;
  strings: CanvasStrings;
  editor(): Editor | undefined;
}

const SIDES: readonly Side[] = ["top", "right", "bottom", "left"];
const STEPS: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * What can be held of the selected region for a keyboard: Tab reaches it, arrows move it by a pixel of the picture or turn it by a degree,
 * with Shift by ten; Delete takes a point of a line away, Insert makes one after it.
 */
export function HandleKeys({ selected, regions, strings, editor }: Props) {
  const r = regions.value.find((o) => o.id === selected.value);
  if (!r || !isOnImage(r)) return null;
  const act = (e: KeyboardEvent, done: boolean): void => {
    if (!done) return;
    e.preventDefault();
    e.stopPropagation();
  };
  const nudge = (grip: Grip) => (e: KeyboardEvent) => {
    const step = STEPS[e.key];
    const by = e.shiftKey ? 10 : 1;
    if (step) editor()?.nudge(grip, { x: step[0] * by, y: step[1] * by });
    act(e, step !== undefined);
  };
  const point = (index: number) => (e: KeyboardEvent) => {
    if (e.key === "Delete" || e.key === "Backspace") return act(e, editor()?.removePoint(index) ?? false);
    if (e.key !== "Insert") return nudge({ hold: "point", index })(e);
    editor()?.nudge({ hold: "between", index }, { x: 0, y: 0 });
    act(e, true);
  };
  const turn = (e: KeyboardEvent): void => {
    const step = STEPS[e.key];
    if (step) editor()?.turn((step[0] + step[1]) * (e.shiftKey ? 10 : 1));
    act(e, step !== undefined);
  };
  const points = r.points ?? [];
  return (
    <div class="stage-keys">
      {r.rect && r.kind !== "mask" && SIDES.map((side) => <button key={side} type="button" data-nudge onKeyDown={nudge({ hold: "side", side })}>{strings.handle(side)}</button>)}
      {r.kind === "rotated_box" && <button type="button" data-nudge onKeyDown={turn}>{strings.handle("turn")}</button>}
      {points.length <= MOST_POINT_HANDLES && points.map((_, i) => <button key={i} type="button" data-nudge onKeyDown={point(i)}>{strings.point(i + 1, points.length)}</button>)}
      {points.length !== 1 && <button type="button" data-nudge onKeyDown={nudge({ hold: "whole" })}>{strings.whole}</button>}
    </div>
  );
}
