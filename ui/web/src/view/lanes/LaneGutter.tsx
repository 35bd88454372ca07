import type { LaneEditor } from "../../model/lanes/editor";
import type { LaneStrings } from "../../model/stage";
import type { Gutter, GutterRow } from "./gutter";

interface Props {
  gutter: Gutter;
  strings: LaneStrings;
  editor(): LaneEditor | undefined;
}

const px = (v: number): string => `${v}px`;

/** Names, scales and values beside the lanes; each row is the checkbox of its signal. */
export function LaneGutter({ gutter: g, strings, editor }: Props) {
  return (
    <div class="lane-gutter">
      <div class="lane-head" style={{ height: px(g.strip) }}>{g.head}</div>
      <div class={g.together ? "lane-rows together" : "lane-rows"}>
        <div class="lane-roll" style={{ transform: `translateY(${-g.scroll}px)` }}>
          {g.rows.map((row) => <Row key={row.tag} row={row} height={g.together ? undefined : g.lane} proposed={g.proposed} strings={strings} onToggle={() => editor()?.toggle(row.tag)} />)}
        </div>
      </div>
      <div class="lane-foot" style={{ height: px(g.axis) }}>{g.foot}</div>
    </div>
  );
}

interface RowProps {
  row: GutterRow;
  height: number | undefined; // CSS pixels; undefined: as high as its words
  proposed: boolean;
  strings: LaneStrings;
  onToggle(): void;
}

function Row({ row, height, proposed, strings, onToggle }: RowProps) {
  return (
    <button
      type="button"
      class={`lane-row${proposed ? " proposed" : ""}`}
      role="checkbox"
      aria-checked={row.belongs}
      aria-label={strings.lane(row.name, row.unit)}
      {...(height === undefined ? {} : { style: { height: px(height) } })}
      onClick={onToggle}
    >
      <svg class="lane-tick" viewBox="0 0 16 16" aria-hidden="true"><rect x="1" y="1" width="14" height="14" rx="2" /><path d="M4 8.2l2.8 2.8L12 5.4" /></svg>
      {row.look && <svg class="lane-swatch" viewBox="0 0 26 4" aria-hidden="true"><path d="M0 2h26" stroke={`var(${row.look.line})`} stroke-dasharray={row.look.dash.join(" ")} /></svg>}
      <span class="lane-top"><span class="lane-name">{row.name}</span><i>{row.hi}</i></span>
      <span class={row.isRange ? "lane-value range" : "lane-value"}><b>{row.value}</b> {row.unit}</span>
      <i class="lane-lo">{row.lo}</i>
    </button>
  );
}
