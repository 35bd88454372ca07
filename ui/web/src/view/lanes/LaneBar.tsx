import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { LaneEditor } from "../../model/lanes/editor";
import type { Mode } from "../../model/lanes/sketch";
import { laneWords } from "../../model/lanes/words";
import type { Compare, LaneStrings, LaneWays } from "../../model/stage";
import { Glyph, GLYPHS } from "../canvas/Glyph";
import type { Gutter } from "./gutter";

interface Props {
  gutter: Gutter;
  strings: LaneStrings;
  intervalsOnly: boolean;
  lead?: ComponentChildren;
  ways: LaneWays | undefined;
  compare: Compare | undefined;
  spectra: Signal<boolean> | undefined; // whether their panel is open
  editor(): LaneEditor | undefined;
}

/** Zoom, and what a finger makes next. */
export function LaneBar({ gutter, strings, intervalsOnly, lead, ways, compare, spectra, editor }: Props) {
  const own = laneWords(strings.lang);
  const axis = () => editor()?.axis;
  return (
    <div class="lane-bar">
      {lead ? <div class="lane-lead">{lead}</div> : <span class="lane-range">{gutter.range}</span>}
      <div class="lane-seg" role="group">
        {ways && <Switch on={ways.together} glyph={GLYPHS.together} name={own.together} word={own.short.together} />}
        {ways && <Switch on={ways.snap} glyph={GLYPHS.magnet} name={own.snap} word={own.short.snap} />}
        {compare && <button type="button" class="lane-btn" data-key="compare" aria-label={own.compare} title={own.compare} aria-pressed={compare.state === "on"} aria-busy={compare.state === "loading"} onClick={() => compare.toggle()}><Glyph d={GLYPHS.compare} /><small>{own.short.compare}</small></button>}
        {spectra && <Switch on={spectra} glyph={GLYPHS.spectrum} name={own.spectra} word={own.spectra} />}
      </div>
      {gutter.canRemove && <Button glyph={GLYPHS.bin} name={strings.remove} onPress={() => editor()?.remove()} />}
      <div class="lane-seg" role="group">
        <Button glyph={GLYPHS.minus} name={strings.zoomOut} onPress={() => axis()?.zoomMiddle(1 / 1.6)} />
        <Button glyph={GLYPHS.fit} name={strings.fit} onPress={() => axis()?.showWhole()} />
        <Button glyph={GLYPHS.plus} name={strings.zoomIn} onPress={() => axis()?.zoomMiddle(1.6)} />
      </div>
      <div class="lane-seg" role="group">
        <ModeButton mode="interval" now={gutter.mode} glyph={GLYPHS.interval} name={own.addInterval} editor={editor} />
        {!intervalsOnly && <ModeButton mode="instant" now={gutter.mode} glyph={GLYPHS.moment} name={own.addMoment} editor={editor} />}
      </div>
    </div>
  );
}

function Button({ glyph, name, onPress }: { glyph: string; name: string; onPress(): void }) {
  return <button type="button" class="lane-btn" aria-label={name} title={name} onClick={onPress}><Glyph d={glyph} /></button>;
}

/** The word stands beside the glyph where there is room. */
function Switch({ on, glyph, name, word }: { on: Signal<boolean>; glyph: string; name: string; word: string }) {
  return <button type="button" class="lane-btn" aria-label={name} title={name} aria-pressed={on.value} onClick={() => (on.value = !on.value)}><Glyph d={glyph} /><small>{word}</small></button>;
}

interface ModeProps {
  mode: Mode;
  now: Mode;
  glyph: string;
  name: string;
  editor(): LaneEditor | undefined;
}

function ModeButton({ mode, now, glyph, name, editor }: ModeProps) {
  return (
    <button type="button" class="lane-btn lane-mode" aria-label={name} title={name} aria-pressed={mode === now} onClick={() => editor()?.setMode(mode)}>
      <Glyph d={glyph} />
      <span>{name}</span>
    </button>
  );
}
