// The close-up beside its measured size: what is marked, how long, against which limit.

import { useEffect, useRef } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";
import { type Extent, extentOf } from "../../model/measure";
import { onImage } from "../../model/proposals";
import type { Image, Region } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { LimitKey } from "./Limits";

/** The region that the panel speaks about: the selected, else the first proposal, else the first drawn. */
const useFocus = (image: Image): { region: Region; own: boolean } | undefined => {
  const j = useApp().judge;
  const own = j.regions.value.filter((r) => onImage(r) && r.image === image.sha256);
  const proposals = j.proposals.value.filter((r) => onImage(r) && r.image === image.sha256);
  const id = j.selected.value;
  const mine = own.find((r) => r.id === id) ?? (proposals.some((p) => p.id === id) ? undefined : proposals.length === 0 ? own[0] : undefined);
  const region = mine ?? proposals.find((p) => p.id === id) ?? proposals[0];
  return region && { region, own: region === mine };
};

const Loupe = ({ picture, tone }: { picture: ReadonlySignal<HTMLCanvasElement | null>; tone: string }) => {
  const box = useRef<HTMLDivElement>(null);
  const canvas = picture.value;
  useEffect(() => {
    if (canvas && box.current && box.current.firstChild !== canvas) box.current.replaceChildren(canvas);
  }, [canvas]);
  return <div class={`loupe ${tone}`} ref={box} aria-hidden="true" />;
};

const Limit = ({ length, limit }: { length: number; limit: number }) => {
  const { words, format } = useSpeech();
  const over = length - limit;
  const share = Math.min(100, (length / (2 * limit)) * 100);
  return (
    <>
      <div class="lim"><i class={over > 0 ? "over" : ""} ref={(el) => el?.style.setProperty("width", `${share}%`)} /><u /></div>
      <span class="num mut xs">{words.side[over > 0 ? "over" : "under"](format.number(limit, 1), format.number(Math.abs(over), 1))}</span>
    </>
  );
};

/** What is measured beside the length. */
const Second = ({ size }: { size: Extent }) => {
  const { words: { side: w }, format } = useSpeech();
  const parts = size.area ? [w.width(format.number(size.width, 1)), w.area(format.significant(size.area))] : [`${format.number(size.length)} × ${format.number(size.width)} ${size.unit}`];
  return <span class="dim xs parts">{parts.map((p) => <span key={p} class="num">{p}</span>)}</span>;
};

export const CloseUp = ({ image, picture }: { image: Image; picture: ReadonlySignal<HTMLCanvasElement | null> }) => {
  const app = useApp();
  const { words, format } = useSpeech();
  const focus = useFocus(image);
  if (!focus) {
    return <section class="prop none"><div class="loupebox"><div class="loupe empty"><Icon name="target" /></div><LimitKey /></div><div class="col grow"><b>{words.side.nothing}</b><p class="mut">{words.side.nothingSub}</p></div></section>;
  }
  const { region, own } = focus;
  const cls = app.judge.armed.value && app.judge.chosen.value ? app.judge.chosen.value : region.class;
  const view = cls ? app.classes.of(cls) : undefined;
  const name = view?.name ?? cls ?? words.stage.unclassed;
  const confirmed = app.judge.armed.value;
  const tone = confirmed ? "bad" : own ? "" : "mach";
  const size = extentOf(region, image);
  const digits = size?.unit === "px" ? 0 : 1;
  return (
    <section class="prop">
      <div class="loupebox"><Loupe picture={picture} tone={tone} /><LimitKey /></div>
      <div class="col grow">
        <span class={`m cut sm ${tone}`}>{confirmed || own ? name : words.side.guess(name, region.score === undefined ? "" : format.number(region.score, 2))}</span>
        {size && <span class="big num">{format.number(size.length, digits)} <small>{size.unit}</small></span>}
        {size?.unit === "mm" && view?.limit ? <Limit length={size.length} limit={view.limit} /> : <span class="num mut xs">{size?.unit === "px" ? words.stage.notCalibrated : words.side.noLimit}</span>}
        {size && size.width > 0 && <Second size={size} />}
      </div>
    </section>
  );
};
