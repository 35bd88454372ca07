import type { LaneStageProps } from "../../model/stage";
import { randomID } from "../../model/canvas/edits";
import { FURNITURE, OVERLAY, PICTURE, VECTORS, type Level } from "../../model/canvas/invalidate";
import { LaneData } from "../../model/lanes/data";
import { LaneEditor } from "../../model/lanes/editor";
import { Loader } from "../../model/lanes/loader";
import { marksOf } from "../../model/lanes/marks";
import type { FindChange } from "../../model/lanes/snap";
import { ticksOf, type Clock, type Tick } from "../../model/lanes/ticks";
import { fromNs, lengthOf } from "../../model/lanes/time";
import { Frames } from "../canvas/frames";
import { readInk, watchInk, type Ink } from "../canvas/ink";
import { Layer, watchSize } from "../canvas/layer";
import { drawCursor, drawMoment, drawTicks } from "./axis";
import { drawBands } from "./bands";
import { drawGaps } from "./gaps";
import { gutterOf, type Gutter } from "./gutter";
import { Reckoner } from "../waves/reckoner";
import { CanvasPlot, type Beside, type LanePlot } from "./plot";
import { drawStrip, type StripContext } from "./strip";

export interface LaneParts {
  readonly host: HTMLElement;
  readonly plot: HTMLElement;
  readonly traces: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING: Beside = new Map();

/** Ticks are this far apart at least, in units of the tick type's size. */
const TICK_ROOM = 7.5;

/** Labels count from the picture's moment while the window is no longer than this, ms. */
const RELATIVE_UP_TO = 600_000;

/** Draws one window of signals on two canvases, at most once a frame. A new window needs a new view. */
export class LaneView {
  readonly editor: LaneEditor;
  private readonly frames = new Frames((level) => this.draw(level));
  private readonly plot: LanePlot = new CanvasPlot();
  private readonly traces: Layer;
  private readonly overlay: Layer;
  private readonly loader: Loader;
  private readonly stops: (() => void)[] = [];
  private readonly reckoner = new Reckoner();
  private ink: Ink;
  private size = { w: 0, h: 0 };

  constructor(
    private readonly parts: LaneParts,
    private props: LaneStageProps,
    private readonly furnish: (g: Gutter) => void,
  ) {
    this.ink = readInk(parts.host);
    this.traces = new Layer(parts.traces);
    this.overlay = new Layer(parts.overlay);
    const data = new LaneData(props.window);
    this.editor = new LaneEditor(data, this.ports());
    this.loader = new Loader({ base: data.base, ...data.limits }, {
      load: (from, to, n) => this.props.load(from, to, n),
      later,
      loaded: (detail) => {
        data.setDetail(detail);
        this.frames.invalidate(PICTURE | OVERLAY | FURNITURE);
      },
    });
    this.editor.axis.setTogether(props.ways?.together.value ?? false);
    this.setMarks();
    this.stops.push(watchInk(() => this.readInk()), watchSize(parts.plot, (size, dpr) => this.resize(size, dpr)));
  }

  update(props: LaneStageProps): void {
    this.editor.axis.setTogether(props.ways?.together.value ?? false);
    if (props === this.props) return;
    const was = this.props;
    this.props = props;
    this.setMarks();
    if (was.normal !== props.normal) this.frames.invalidate(PICTURE | OVERLAY);
  }

  setMarks(): void {
    const { data } = this.editor;
    const { regions, candidates, window, fixed = [] } = this.props;
    this.editor.setMarks(marksOf({ base: data.base, window: data.limits, windowTags: window.tags, regions: regions.value, candidates, fixed }));
  }

  /** Another mark is selected: brings it into view. */
  select(): void {
    const m = this.editor.selected;
    if (m && !this.editor.isPulling) this.editor.axis.reveal(m.span);
    this.frames.invalidate(VECTORS | OVERLAY | FURNITURE);
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.loader.stop();
    this.reckoner.close();
    this.frames.stop();
  }

  private ports(): ConstructorParameters<typeof LaneEditor>[1] {
    const now = (): LaneStageProps => this.props;
    const find: FindChange = async (signals, at, reach) => (await this.reckoner.ask({ ask: "change", signals, at, reach }))?.at;
    return {
      get regions() { return now().regions; },
      get selected() { return now().selected; },
      newID: randomID,
      commit: (regions) => now().onCommit(regions),
      invalidate: (level) => this.frames.invalidate(level),
      get findChange() { return now().ways?.snap.value ? find : undefined; },
    };
  }

  private readInk(): void {
    this.ink = readInk(this.parts.host);
    this.place();
  }

  private resize(size: { w: number; h: number }, dpr: number): void {
    if (size.w === 0 || size.h === 0) return;
    this.size = size;
    this.traces.resize(size, dpr);
    this.overlay.resize(size, dpr);
    this.place();
  }

  private place(): void {
    if (this.size.w > 0) this.editor.axis.resize(this.size.w, this.size.h, this.ink.mm);
  }

  private draw(level: Level): void {
    const { editor, ink } = this;
    const { axis, data } = editor;
    if (this.size.w === 0) return;
    if (level & PICTURE) {
      const ticks = this.ticks();
      const g = this.traces.begin();
      this.plot.draw(g, data, axis.view, axis.layout, ticks, ink, this.props.normal?.traces ?? NOTHING);
      drawGaps(g, editor, ink);
      drawTicks(g, editor, ticks, ink);
      this.loader.show(axis.view, axis.layout.width, data.isCoarse(axis.view, axis.layout.width));
    }
    if (level & (VECTORS | OVERLAY)) this.drawOverlay();
    if (level & FURNITURE) this.furnish(gutterOf(editor, this.props.strings));
  }

  private drawOverlay(): void {
    const { editor, ink } = this;
    const { moment, strings } = this.props;
    const g = this.overlay.begin();
    const ctx = this.context();
    drawBands(g, editor, ctx, ink);
    if (moment !== undefined) drawMoment(g, editor, fromNs(moment, editor.data.base), strings, ink);
    if (editor.cursor !== null) drawCursor(g, editor, editor.cursor, strings, ink);
    drawStrip(g, editor, ctx, ink);
  }

  private context(): StripContext {
    const { rejected, confirmed, strings, numbers, classOf } = this.props;
    return { rejected: rejected ?? NOBODY, confirmed, strings, numbers, classOf };
  }

  private ticks(): Tick[] {
    const { axis, data } = this.editor;
    const { moment, strings } = this.props;
    const isShort = moment !== undefined && lengthOf(data.limits) <= RELATIVE_UP_TO;
    const clock: Clock = { base: data.base, lang: strings.lang, zero: isShort ? fromNs(moment, data.base) : undefined };
    return ticksOf(axis.view, axis.layout.width, this.ink.size.xxs * TICK_ROOM, clock);
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
