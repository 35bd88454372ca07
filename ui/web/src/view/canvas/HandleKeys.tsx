import type { Signal } from "@preact/signals";
import type { CanvasStrings } from "../../model/stage";
import type { Region } from "../../model/types";
import type { Editor } from "../../model/canvas/editor";
import type { Side } from "../../model/canvas/handles";

interface Props {
  selected: Signal<string | null>;
  regions: Signal<Region[]>;
  strings: CanvasStrings;
  editor(): Editor | undefined;
}

const SIDES: readonly Side[] = ["top", "right", "bottom", "left"];
const STEPS: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The handles of the selected box for a keyboard: Tab reaches them, arrows move one by a pixel of the picture or turn it by a degree, with Shift by ten. */
export function HandleKeys({ selected, regions, strings, editor }: Props) {
  const r = regions.value.find((o) => o.id === selected.value);
  if (r?.kind !== "box" && r?.kind !== "rotated_box") return null;
  const nudge = (side: Side) => (e: KeyboardEvent) => {
    const step = STEPS[e.key];
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    const by = e.shiftKey ? 10 : 1;
    editor()?.nudge({ hold: "side", side }, { x: step[0] * by, y: step[1] * by });
  };
  const turn = (e: KeyboardEvent): void => {
    const step = STEPS[e.key];
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    editor()?.turn((step[0] + step[1]) * (e.shiftKey ? 10 : 1));
  };
  return (
    <div class="stage-keys">
      {SIDES.map((side) => (
        <button key={side} type="button" data-nudge onKeyDown={nudge(side)}>{strings.handle(side)}</button>
      ))}
      {r.kind === "rotated_box" && <button type="button" data-nudge onKeyDown={turn}>{strings.handle("turn")}</button>}
    </div>
  );
}
