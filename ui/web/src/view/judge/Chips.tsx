// The defect classes: pictogram, word, key. At most eight; the last opens the rest in the same place.

import { recentFirst } from "../../model/recent";
import type { ClassView } from "../../model/stage";
import { useApp, useSpeech } from "../context";
import { classIcon, Icon } from "../parts/Icon";

const most = 8;

/** All in the taxonomy's order where they fit: chips that stay in place are found without looking. Else the last used first. */
const pageOf = (all: ClassView[], recent: readonly string[], page: number): { shown: ClassView[]; more: boolean } => {
  if (all.length <= most) return { shown: all, more: false };
  const size = most - 1;
  const pages = Math.ceil(all.length / size);
  return { shown: recentFirst(all, recent).slice((page % pages) * size, (page % pages) * size + size), more: true };
};

export const Chips = ({ columns = 2 }: { columns?: 2 | 4 }) => {
  const app = useApp();
  const { words } = useSpeech();
  const j = app.judge;
  const { shown, more } = pageOf(app.chips(), j.recent.value, app.page.value);
  const selected = j.selected.value;
  const own = j.regions.value.find((r) => r.id === selected)?.class;
  const proposed = new Set(j.proposals.value.map((p) => p.class));
  const held = j.chosen.value ?? own;
  return (
    <div class={`chips${columns === 4 ? " four" : ""}${j.armed.value ? " awake" : ""}`} role="group" aria-label={words.side.classes}>
      {shown.map((c) => (
        <button key={c.id} type="button" class={`chip${proposed.has(c.id) ? " hint" : ""}`} aria-pressed={held === c.id} aria-disabled={!j.ready.value} onClick={() => j.pick(c.id)}>
          <Icon name={classIcon(c.icon, c.id)} />
          {c.key && <kbd>{c.key}</kbd>}
          <b>{c.name}</b>
        </button>
      ))}
      {more && (
        <button type="button" class="chip" onClick={() => app.page.value++}><Icon name="more" /><b class="cut">{words.more}</b></button>
      )}
    </div>
  );
};
