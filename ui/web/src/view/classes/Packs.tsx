// Taxonomies of some trades: what ours lacks is added to it.

import { useSignal } from "@preact/signals";
import { say } from "../../model/taxonomy";
import { useApp, useSpeech } from "../context";
import { Icon } from "../parts/Icon";

export const Packs = () => {
  const { classEdit: e } = useApp();
  const { words: { taxonomy: w }, lang, format } = useSpeech();
  const said = useSignal("");
  return (
    <div class="hlist">
      {e.packs.value.map((p) => (
        <div key={p.name.en} class="rline">
          <span class="kv"><b>{say(p.name, lang)}</b><small>{w.size(p.classes?.length ?? 0, (p.modes?.length ?? 0) + (p.mechanisms?.length ?? 0) + (p.causes?.length ?? 0))}</small></span>
          <p class="mut cut">{format.list((p.classes ?? []).map((c) => say(c.name, lang)))}</p>
          <button type="button" class="btn" onClick={() => (said.value = w.added(e.usePack(p)))}><Icon name="plus" />{w.use}</button>
        </div>
      ))}
      <p class="pad" role="status">{said.value}</p>
    </div>
  );
};
