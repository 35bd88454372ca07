import type { Shape } from "../parts/Icon";

const shapes: Record<string, Shape> = { up: "ok", idle: "ok", uploading: "ok", waiting: "not_ok", stopped: "not_ok", connecting: "not_decidable", starting: "not_decidable" };

/** The shape that stands for the state of a source or a target. */
export const shapeOf = (state: string): Shape => shapes[state] ?? "not_decidable";

export const toneOf = (shape: Shape): string => (shape === "not_ok" ? "bad" : shape === "not_decidable" ? "warn" : "dim");
