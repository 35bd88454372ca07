import { Edits, type EditPorts } from "../canvas/edits";
import type { Point } from "../canvas/geometry";
import { answer, type Contact, type Gesture, type PointerKind, type Touched } from "../canvas/gesture";
import { FURNITURE, OVERLAY, PICTURE, VECTORS, type Level } from "../canvas/invalidate";
import { TimeAxis } from "./axis";
import { LaneData } from "./data";
import { laneGripAt, pulledSpan, type LaneGrip } from "./grips";
import { inStrip, laneAt } from "./layout";
import { markAt, type Mark } from "./marks";
import { snapped, type Ends, type FindChange } from "./snap";
import { NOTHING, tapped, type LaneSketch, type Mode } from "./sketch";
import type { PlacedTag } from "./strip";
import type { Span } from "./time";
import { LEAST, MarkWriter } from "./writer";

export interface LanePorts extends EditPorts {
  invalidate(level: Level): void;
  findChange?: FindChange | undefined; // absent: edges stay where a finger left them
}

interface Grab {
  readonly grip: LaneGrip;
  readonly before: Mark;
  readonly mark: Mark;
}

const DRAWN: Level = VECTORS | OVERLAY | FURNITURE;

/** Turns gestures and keys on signal lanes into intervals and moments. */
export class LaneEditor implements Touched {
  readonly axis: TimeAxis;
  private all: readonly Mark[] = [];
  private way: Mode = "look";
  private drawn: LaneSketch = NOTHING;
  private grab: Grab | null = null;
  private pointed: number | null = null;
  private placed: readonly PlacedTag[] = [];
  private checked: ReadonlySet<string> = new Set();
  private readonly edits: Edits;
  private readonly writer: MarkWriter;

  constructor(
    readonly data: LaneData,
    private readonly ports: LanePorts,
  ) {
    this.axis = new TimeAxis(data.limits, data.lanes.length, () => ports.invalidate(PICTURE | DRAWN));
    this.edits = new Edits(ports, () => ports.invalidate(DRAWN));
    this.writer = new MarkWriter(data, this.edits);
  }

  get sketch(): LaneSketch {
    return this.drawn;
  }

  get mode(): Mode {
    return this.way;
  }

  /** The moment under the pointer, ms since the base; null when there is none. */
  get cursor(): number | null {
    return this.pointed;
  }

  /** All marks, the selected one as it looks now. */
  get marks(): readonly Mark[] {
    const { grab } = this;
    return grab ? this.all.map((m) => (m.id === grab.mark.id ? grab.mark : m)) : this.all;
  }

  get selected(): Mark | undefined {
    return this.grab?.mark ?? this.all.find((m) => m.id === this.edits.selected);
  }

  get isPulling(): boolean {
    return this.grab !== null;
  }

  /** The selected mark, when it can be changed here. */
  get pliable(): Mark | undefined {
    const m = this.selected;
    return m?.isFixed ? undefined : m;
  }

  /** The signals that belong to the selected mark, else those that the next interval will belong to. */
  get belonging(): ReadonlySet<string> {
    return this.pliable ? new Set(this.pliable.tags) : this.checked;
  }

  setMarks(marks: readonly Mark[]): void {
    if (this.all.length === 0 && this.checked.size === 0) this.checked = this.firstChecked(marks);
    this.all = marks;
    this.ports.invalidate(DRAWN);
  }

  /** Where the strip shows tags: a tap there means their marks. */
  setPlaced(placed: readonly PlacedTag[]): void {
    this.placed = placed;
  }

  setMode(mode: Mode): void {
    this.way = this.way === mode ? "look" : mode;
    this.drawn = NOTHING;
    this.ports.invalidate(DRAWN);
  }

  /** Adds a signal to the selected mark or to the next interval, or takes it away; a mark keeps at least one. */
  toggle(tag: string): void {
    const mark = this.pliable;
    const tags = new Set(this.belonging);
    if (!tags.delete(tag)) tags.add(tag);
    const ordered = this.data.lanes.map((l) => l.tag).filter((t) => tags.has(t));
    if (!mark) this.checked = new Set(ordered);
    else this.writer.setTags(mark, ordered);
    this.ports.invalidate(DRAWN);
  }

  gesture(g: Gesture): void {
    answer(g, this);
  }

  pinch(was: readonly [Point, Point], now: readonly [Point, Point]): void {
    this.axis.pinch([was[0].x, was[1].x], [now[0].x, now[1].x]);
  }

  cancel(): void {
    this.drop();
  }

  hover(at: Contact): void {
    this.point(at);
    if (this.drawn.as === "first") this.drawn = { ...this.drawn, next: this.axis.clampTime(this.axis.time(at.x)) };
  }

  /** The pointer has left: nothing is read out any more. */
  left(): void {
    this.pointed = null;
    this.ports.invalidate(DRAWN);
  }

  gripUnder(x: number, y: number, kind: PointerKind): LaneGrip | undefined {
    const m = this.pliable;
    return m && laneGripAt(m, x, y, this.axis.view, this.axis.layout, this.axis.millimetre, kind);
  }

  /** Escape: what is being drawn, the mode, the selection, one after the other. */
  escape(): boolean {
    if (this.grab || this.drawn.as !== "nothing") {
      this.drop();
      return true;
    }
    if (this.way !== "look") {
      this.setMode("look");
      return true;
    }
    if (!this.selected) return false;
    this.edits.select(null);
    return true;
  }

  undo(): boolean {
    this.drop();
    return this.edits.undo();
  }

  remove(): boolean {
    this.drop();
    return this.edits.remove(this.edits.selected);
  }

  /** Moves an end of the selected mark by ms: the keyboard's way to edit. */
  nudge(grip: LaneGrip, by: number): void {
    const mark = this.pliable;
    if (mark) this.writer.move(mark, pulledSpan(mark, grip, by, this.axis.limits, LEAST));
  }

  /** Makes an interval, or a moment, in the middle of what is shown: the keyboard's way to begin one. */
  placeMiddle(): boolean {
    if (this.way === "look") return false;
    const { from, to } = this.axis.view;
    const t = (from + to) / 2;
    if (this.way === "instant") this.make({ from: t, to: t }, undefined);
    else this.make(tapped(NOTHING, t, to - from, true).made ?? { from, to }, undefined);
    return true;
  }

  tap(at: Contact): void {
    const t = this.axis.clampTime(this.axis.time(at.x));
    const tag = this.tagAt(at.y);
    if (inStrip(this.axis.layout, at.y)) this.selectInStrip(at.x, t);
    else if (this.way === "look" || at.aside) this.look(at, t, tag);
    else if (this.way === "instant") this.make({ from: t, to: t }, tag);
    else this.tapInterval(t, at, tag);
    this.ports.invalidate(DRAWN);
  }

  private tapInterval(t: number, at: Contact, tag: string | undefined): void {
    const { from, to } = this.axis.view;
    const { sketch, made } = tapped(this.drawn, t, to - from, at.kind === "touch");
    this.drawn = sketch;
    if (made) this.make(made, tag);
  }

  private look(at: Contact, t: number, tag: string | undefined): void {
    const reach = at.kind === "mouse" ? 4 : this.axis.millimetre * 3;
    this.edits.select(markAt(this.marks, t, tag, reach * this.axis.perPixel)?.id ?? null);
    if (at.kind === "touch") this.pointed = t;
  }

  private selectInStrip(x: number, t: number): void {
    const tag = this.placed.find((p) => x >= p.x - 4 && x <= p.x + p.w + 4);
    const id = tag?.id ?? markAt(this.marks, t, undefined, this.axis.millimetre * 3 * this.axis.perPixel)?.id;
    this.edits.select(id ?? null);
  }

  beginDrag(from: Contact, at: Contact): void {
    const grip = from.aside ? undefined : this.gripUnder(from.x, from.y, from.kind);
    const mark = this.selected;
    if (grip && mark) this.grab = { grip, before: mark, mark };
    this.drag(from, from, at);
  }

  drag(from: Contact, last: Contact, at: Contact): void {
    if (this.grab) {
      const { before, grip } = this.grab;
      const d = this.axis.time(at.x) - this.axis.time(from.x);
      this.grab = { ...this.grab, mark: { ...before, span: pulledSpan(before, grip, d, this.axis.limits, LEAST) } };
    } else if (this.way === "interval" && !from.aside && !inStrip(this.axis.layout, from.y)) {
      const start = this.drawn.as === "first" ? this.drawn.t : this.axis.time(from.x);
      this.drawn = { as: "drag", from: this.axis.clampTime(start), to: this.axis.clampTime(this.axis.time(at.x)) };
    } else {
      if (at.kind === "touch") this.pointed = null;
      this.axis.pan(at.x - last.x, at.y - last.y);
    }
    if (at.kind !== "touch") this.point(at);
    this.ports.invalidate(DRAWN);
  }

  endDrag(from: Contact, at: Contact): void {
    const { grab, drawn } = this;
    this.grab = null;
    this.drawn = NOTHING;
    if (grab) {
      this.writer.move(grab.before, grab.mark.span);
      if (grab.grip !== "whole") void this.snap(grab.mark.id, [grab.grip]);
    }
    if (!grab && drawn.as === "drag") this.make({ from: drawn.from, to: this.axis.clampTime(this.axis.time(at.x)) }, this.tagAt(from.y));
    this.ports.invalidate(DRAWN);
  }

  private drop(): void {
    this.grab = null;
    this.drawn = NOTHING;
    this.ports.invalidate(DRAWN);
  }

  private point(at: Contact): void {
    const { layout } = this.axis;
    const isOver = at.x >= 0 && at.x <= layout.width && at.y <= layout.height;
    this.pointed = isOver ? this.axis.time(at.x) : null;
    this.ports.invalidate(DRAWN);
  }

  private tagAt(y: number): string | undefined {
    const i = laneAt(this.axis.layout, y);
    return i === undefined ? undefined : this.data.lanes[i]?.tag;
  }

  /** The signals that candidates flag belong to an interval at first, without any all of them. */
  private firstChecked(marks: readonly Mark[]): ReadonlySet<string> {
    const flagged = new Set(marks.flatMap((m) => m.tags));
    const tags = this.data.lanes.map((l) => l.tag);
    return flagged.size > 0 ? new Set(tags.filter((t) => flagged.has(t))) : new Set(tags);
  }

  /** A new interval or moment on the checked signals, without any on the lane under the finger. One press of the mode makes one. */
  private make(s: Span, lane: string | undefined): void {
    const tags = this.data.lanes.map((l) => l.tag).filter((t) => (this.checked.size > 0 ? this.checked.has(t) : t === (lane ?? this.data.lanes[0]?.tag)));
    this.way = "look";
    this.drawn = NOTHING;
    const id = this.writer.make(s, tags);
    if (s.from !== s.to) void this.snap(id, ["from", "to"]);
  }

  /** Puts ends that a hand has placed on the changes next to them, as an edit of its own: undo gives back where the hand left them. */
  private async snap(id: string, ends: Ends): Promise<void> {
    const { findChange } = this.ports;
    const mark = this.all.find((m) => m.id === id);
    if (!findChange || !mark) return;
    const span = await snapped(mark, ends, this.data, this.axis, findChange);
    const now = this.all.find((m) => m.id === id);
    if (now && !this.grab && now.span.from === mark.span.from && now.span.to === mark.span.to) this.writer.move(now, span);
  }
}
