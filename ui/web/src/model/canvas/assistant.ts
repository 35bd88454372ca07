import type { Area, Point } from "./geometry";
import type { Mask } from "./mask";
import type { WireMap } from "../assist/trace";

/** What looks at the picture's pixels for the tools. Every answer may be undefined: nothing stood out, or the pixels are not there yet. */
export interface Assistant {
  /** The mask of what stands out of its surroundings inside the box; image px. */
  cutOut(box: Area): Promise<Mask | undefined>;
  /** The mask of the even patch around a point. */
  grow(at: Point): Promise<Mask | undefined>;
  /** The ways along edges from a point to every other in view. */
  wire(from: Point): Promise<WireMap | undefined>;
}
