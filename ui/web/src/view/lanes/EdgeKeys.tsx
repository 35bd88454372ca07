import type { LaneEditor } from "../../model/lanes/editor";
import type { LaneStrings } from "../../model/stage";

interface Props {
  shown: boolean;
  strings: LaneStrings;
  editor(): LaneEditor | undefined;
}

/** The two ends of the selected interval for a keyboard: Tab reaches them, arrows move one by a pixel, with Shift by ten. */
export function EdgeKeys({ shown, strings, editor }: Props) {
  if (!shown) return null;
  const nudge = (end: "from" | "to") => (e: KeyboardEvent) => {
    const step = e.key === "ArrowLeft" ? -1 : e.key === "ArrowRight" ? 1 : 0;
    const lanes = editor();
    if (step === 0 || !lanes) return;
    e.preventDefault();
    e.stopPropagation();
    lanes.nudge(end, step * (e.shiftKey ? 10 : 1) * lanes.axis.perPixel);
  };
  return (
    <div class="stage-keys">
      {(["from", "to"] as const).map((end) => (
        <button key={end} type="button" data-nudge onKeyDown={nudge(end)}>{strings.handle(end)}</button>
      ))}
    </div>
  );
}
