import type { Editor } from "../../model/canvas/editor";
import type { CanvasStrings } from "../../model/stage";

interface Props {
  diameter: number; // px of the picture
  mmPerPx: number; // 0 where the camera is not calibrated
  strings: CanvasStrings;
  editor(): Editor | undefined;
}

/** The slider counts sixteenths of a doubling of the diameter. */
const FINE = 16;
const MOST = Math.log2(800) * FINE;

/** How thick the brush is: two keys and a slider for a finger, beside what it paints in mm. */
export function BrushSize({ diameter, mmPerPx, strings, editor }: Props) {
  const set = (value: number): void => editor()?.pen.setRadius(2 ** (value / FINE) / 2);
  const at = Math.log2(Math.max(1, diameter)) * FINE;
  const words = mmPerPx > 0 ? strings.mm(diameter * mmPerPx) : strings.px(Math.round(diameter));
  return (
    <div class="stage-brush">
      <button type="button" class="stage-btn" aria-label={strings.thinner} onClick={() => set(at - FINE / 2)}><i class="dot small" /></button>
      <label>
        <input type="range" min={0} max={MOST} step={1} value={at} aria-label={strings.brush} aria-valuetext={words} onInput={(e) => set(Number(e.currentTarget.value))} />
        <span>{words}</span>
      </label>
      <button type="button" class="stage-btn" aria-label={strings.thicker} onClick={() => set(at + FINE / 2)}><i class="dot large" /></button>
    </div>
  );
}
