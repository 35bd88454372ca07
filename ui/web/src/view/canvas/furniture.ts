import type { ImageStageProps, LoadState, Tool } from "../../model/stage";
import type { Editor } from "../../model/canvas/editor";
import { canFinish } from "../../model/canvas/sketch";
import type { Reading } from "./toned";
import { scaleBar, type ScaleBar } from "../../model/canvas/scalebar";

/** What stands on the stage beside the picture, as plain elements: all of it follows from the editor. */
export interface Furniture {
  readonly zoom: number; // 1 is 100 %
  readonly bar: ScaleBar;
  readonly calibrated: boolean;
  readonly tool: Tool;
  readonly hint: boolean; // a drawing tool waits for its first point
  readonly canFinish: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly asking: boolean; // a tool waits for what it asked about the picture
  readonly brush: number; // diameter of the brush that is in the hand, px of the picture; 0 with other tools
  readonly mmPerPx: number; // 0 where the camera is not calibrated
  readonly reading: string; // the value under the pointer, in words; empty where none is read
  readonly state: LoadState;
  readonly progress: number; // 0..1
}

const BAR_ROOM = 120; // CSS pixels

export function furnitureOf(editor: Editor, props: ImageStageProps<HTMLCanvasElement>, state: LoadState, progress: number, reading?: Reading): Furniture {
  const { camera, sketch } = editor;
  const mmPerPx = props.image.mmPerPx ?? 0;
  const tool = props.tool.value;
  return {
    zoom: camera.viewport.scale,
    bar: scaleBar(camera.viewport.scale, mmPerPx, Math.min(BAR_ROOM, camera.stage.w / 4)),
    calibrated: mmPerPx > 0,
    tool,
    hint: tool !== "pan" && sketch.as === "nothing" && !editor.selected,
    canFinish: canFinish(sketch) || (editor.pen.brushes && editor.selected?.kind === "mask"),
    canUndo: editor.canUndo,
    canRedo: editor.canRedo,
    asking: editor.pen.asking,
    brush: editor.pen.brushes ? editor.pen.radius * 2 : 0,
    mmPerPx,
    reading: reading ? readingWords(reading, props) : "",
    state,
    progress,
  };
}

function readingWords({ value, exact }: Reading, { image, strings, looks }: ImageStageProps<HTMLCanvasElement>): string {
  return strings.reading(value, exact, image.mmPerCount ? (value - (looks?.zero.value ?? 0)) * image.mmPerCount : null);
}

export function sameFurniture(a: Furniture, b: Furniture): boolean {
  return (
    a.zoom === b.zoom && a.bar.width === b.bar.width && a.bar.unit === b.bar.unit && a.calibrated === b.calibrated && a.tool === b.tool &&
    a.hint === b.hint && a.canUndo === b.canUndo && a.canRedo === b.canRedo && a.asking === b.asking && a.brush === b.brush && a.mmPerPx === b.mmPerPx && a.canFinish === b.canFinish && a.reading === b.reading && a.state === b.state && a.progress === b.progress
  );
}
