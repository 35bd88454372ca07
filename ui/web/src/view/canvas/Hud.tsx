import type { Signal } from "@preact/signals";
import type { CanvasStrings, Looks, Tool } from "../../model/stage";
import type { ScaleBar } from "../../model/canvas/scalebar";
import type { Editor } from "../../model/canvas/editor";
import type { Furniture } from "./furniture";
import { BrushSize } from "./BrushSize";
import { Glyph, GLYPHS } from "./Glyph";

interface HudProps {
  furniture: Signal<Furniture | null>;
  editor(): Editor | undefined;
  strings: CanvasStrings;
  looks?: Looks | undefined;
  snap?: Signal<boolean> | undefined;
  save(): void;
}

/** Tools that the magnet holds. */
const SNAPS: ReadonlySet<Tool> = new Set<Tool>(["box", "rotated_box", "polygon", "polyline", "measure"]);

/** Scale bar, one line of help, what ends a polygon for a finger, and the rail: how a person looks at the picture. */
export function Hud({ furniture, editor, strings, looks, snap, save }: HudProps) {
  const f = furniture.value;
  if (!f) return null;
  return (
    <>
      <Progress part={f.state === "loading" || f.state === "preview" ? f.progress : 1} />
      {f.asking && <i class="stage-asking" />}
      {f.reading && <p class="stage-hint stage-reading num">{f.reading}</p>}
      {f.hint && !f.reading && f.tool !== "pan" && <p class="stage-hint">{strings.hint[f.tool]}</p>}
      <div class={`stage-foot${f.brush > 0 ? " brushing" : f.tool !== "pan" || f.canUndo || f.canRedo ? " crowded" : ""}`}>
        <Bar bar={f.bar} calibrated={f.calibrated} strings={strings} />
        <div class="stage-acts">
          {f.brush > 0 && <BrushSize diameter={f.brush} mmPerPx={f.mmPerPx} editor={editor} strings={strings} />}
          {snap && SNAPS.has(f.tool) && <button type="button" class="stage-btn" data-snap aria-label={strings.snap} title={strings.snap} aria-pressed={snap.value} onClick={() => (snap.value = !snap.value)}><Glyph d={GLYPHS.magnet} /></button>}
          {f.canUndo && <button type="button" class="stage-act" aria-label={strings.undo} onClick={() => editor()?.undo()}><Glyph d={GLYPHS.undo} /></button>}
          {f.canRedo && <button type="button" class="stage-act" aria-label={strings.redo} onClick={() => editor()?.redo()}><Glyph d={GLYPHS.redo} /></button>}
          {f.canFinish && <button type="button" class="stage-act" aria-label={strings.done} onClick={() => editor()?.finish()}><Glyph d={GLYPHS.tick} /><span>{strings.done}</span></button>}
        </div>
        <div class="stage-rail">
          {looks && f.brush === 0 && <LookKeys looks={looks} strings={strings} save={save} />}
          <div class="stage-zoom">
            <button type="button" class="stage-btn stage-step" aria-label={strings.zoomOut} onClick={() => editor()?.camera.zoomMiddle(1 / Math.SQRT2)}><Glyph d={GLYPHS.minus} /></button>
            <button type="button" class="stage-btn stage-fit" aria-label={`${strings.fit}, ${strings.percent(f.zoom)}`} onClick={() => editor()?.camera.toggle()}>
              <Glyph d={GLYPHS.fit} />
              <span>{strings.percent(f.zoom)}</span>
            </button>
            <button type="button" class="stage-btn stage-step" aria-label={strings.zoomIn} onClick={() => editor()?.camera.zoomMiddle(Math.SQRT2)}><Glyph d={GLYPHS.plus} /></button>
          </div>
        </div>
      </div>
    </>
  );
}

/** Other ways to look: the tone, and the good part beside; and the picture as a file. */
function LookKeys({ looks, strings, save }: { looks: Looks; strings: CanvasStrings; save(): void }) {
  return (
    <div class="stage-looks">
      {(["tone", "golden"] as const).map((panel) => (
        <button key={panel} type="button" class="stage-btn" aria-pressed={looks.panel === panel} data-look={panel} onClick={() => looks.toggle(panel)}>
          <Glyph d={GLYPHS[panel === "tone" ? "tone" : "compare"]} /><span>{panel === "tone" ? strings.tone : strings.compare}</span>
        </button>
      ))}
      <button type="button" class="stage-btn" data-save aria-label={strings.save} title={strings.save} onClick={save}><Glyph d={GLYPHS.save} /></button>
    </div>
  );
}

function Bar({ bar, calibrated, strings }: { bar: ScaleBar; calibrated: boolean; strings: CanvasStrings }) {
  return (
    <div class="stage-scale">
      <span>{`${bar.length} ${bar.unit}`}</span>
      <svg class="stage-rule" width={Math.round(bar.width) + 2} height={8} aria-hidden="true">
        <path d={`M1 0V7H${Math.round(bar.width) + 1}V0`} />
      </svg>
      {!calibrated && <small>{strings.notCalibrated}</small>}
    </div>
  );
}

/** A line along the lower edge while the picture comes; there is none when nothing is known yet. */
function Progress({ part }: { part: number }) {
  if (part >= 1) return null;
  return <progress class="stage-progress" max={1} value={part} />;
}
