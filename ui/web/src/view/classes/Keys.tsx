// The function keys of the verdicts.

import { verdictKeysOf } from "../../model/verdictkeys";
import { useApp, useSpeech } from "../context";
import { Mark } from "../parts/Icon";

const all = Array.from({ length: 12 }, (_, i) => `F${i + 1}`);

export const Keys = () => {
  const { classEdit: e } = useApp();
  const { words } = useSpeech();
  const w = words.taxonomy;
  const now = verdictKeysOf(e.rest.value);
  const rows = [["ok", words.verdict.ok], ["not_decidable", words.verdict.not_decidable], ["not_ok", words.verdict.not_ok], ["undo", words.undo]] as const;
  return (
    <div class="hlist">
      {rows.map(([of, name]) => (
        <label key={of} class="kline"><span class="row">{of !== "undo" && <Mark shape={of} />}{name}</span>
          <select data-key={of} value={now[of]} onChange={(ev) => e.change({ keys: { ...now, [of]: ev.currentTarget.value } })}>{all.map((k) => <option key={k} value={k}>{k}</option>)}</select>
        </label>
      ))}
      <p class={e.keysSound.value ? "mut pad" : "bad pad"} role="status">{e.keysSound.value ? w.keysHint : w.keysFlaw}</p>
    </div>
  );
};
