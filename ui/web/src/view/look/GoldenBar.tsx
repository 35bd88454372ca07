// How the good part is shown beside the one that is judged, and which part that is.

import type { Comparing } from "../../model/tone/golden";
import { serialOf } from "../../model/naming";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";
import { Segments } from "../parts/Segments";

const Choices = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const { golden } = app.look;
  const rows = golden.choices.value ?? [];
  return (
    <div class="lookbar choices" role="group" aria-label={words.look.pick}>
      <span class="sm wrap">{rows.length > 0 ? words.look.pick : words.look.none}</span>
      <div class="goods">
        {rows.map((row) => (
          <button key={row.id} type="button" class="btn" onClick={() => void golden.choose(row)}>
            {row.images?.[0] && <img src={`${app.base}/images/${row.images[0].sha256}/preview`} alt="" draggable={false} />}
            <span class="kv"><b class="num">{serialOf(row)}</b><small class="num">{format.dayAndTime(row.at / 1e6)}</small></span>
          </button>
        ))}
      </div>
      {golden.picture.value && <button type="button" class="btn ghost" onClick={() => golden.keep()}>{words.look.keep}</button>}
    </div>
  );
};

export const GoldenBar = () => {
  const { look } = useApp();
  const { words, format } = useSpeech();
  const { golden } = look;
  if (golden.choices.value) return <Choices />;
  const from = golden.from.value;
  const shift = golden.shift.value;
  const chosen = from && (from === "reference" ? words.look.reference : words.look.chosen(from.by, format.dayAndTime(from.at / 1e6)));
  const aligned = shift === undefined ? "" : shift === null ? words.picture.apart : words.picture.aligned(format.number(shift.x, 1), format.number(shift.y, 1));
  const ways: readonly { value: Comparing; text: string }[] = [{ value: "side", text: words.look.side }, { value: "blink", text: words.look.blink }, { value: "wipe", text: words.look.wipe }];
  return (
    <div class="lookbar" role="group" aria-label={words.look.compare}>
      <Segments label={words.look.how} value={golden.how.value} options={ways} onPick={(how) => golden.compare(how)} />
      {golden.how.value === "wipe" && (
        <input type="range" class="wipe" min={0} max={1000} value={golden.edge.value * 1000} aria-label={words.look.edge} onInput={(e) => (golden.edge.value = Number(e.currentTarget.value) / 1000)} />
      )}
      <span class="kv grow"><b>{golden.failed.value ? words.look.failed : words.look.good}</b>
        {chosen && <small class="cut" title={chosen}>{chosen}</small>}{aligned && <small class="cut" title={aligned}>{aligned}</small>}</span>
      <button type="button" class="btn" onClick={() => void golden.offer()}>{words.look.choose}</button>
      <button type="button" class="btn ghost" aria-label={words.close} onClick={() => look.toggle("golden")}><Icon name="x" /></button>
    </div>
  );
};
