import { createContext } from "preact";
import type { Editor } from "../../model/canvas/editor";
import type { ViewMemory } from "../../model/canvas/camera";
import type { Clip } from "../../model/canvas/clip";
import type { LaneEditor } from "../../model/lanes/editor";
import type { Ahead } from "./ahead";

/**
 * What turns a person's fingers and keys on a stage into operations on its editor. The stages draw and listen to nobody; main provides
 * this, so that drawing never imports listening. Each function gives the one that takes the listeners away again.
 */
export interface StageInputs {
  readonly canvas: (host: HTMLElement, editor: Editor) => () => void;
  readonly lanes: (parts: LaneSurfaces, editor: LaneEditor) => () => void;
  readonly views: ViewMemory; // zoom and position by camera, for as long as the page lives
  readonly clip: Clip; // copied regions
  readonly ahead: Ahead; // what the next stage is likely to show
}

/** The whole lane stage, which takes keys, and its plot, which takes pointers. */
export interface LaneSurfaces {
  readonly host: HTMLElement;
  readonly plot: HTMLElement;
}

export const StageInputs = createContext<StageInputs | null>(null);
