// What a class wants to know about a region beside its place: one choice for each attribute.

import { say } from "../../model/taxonomy";
import { useApp, useSpeech } from "../context";

export const Attributes = () => {
  const { judge: j, classes } = useApp();
  const { words, lang } = useSpeech();
  const own = j.regions.value;
  const region = own.find((r) => r.id === j.selected.value) ?? (own.length === 1 ? own[0] : undefined);
  const asked = region?.class ? classes.detail(region.class)?.attributes ?? [] : [];
  if (!region || asked.length === 0) return null;
  const set = (id: string, value: string): void => {
    const { [id]: _, ...rest } = region.attributes ?? {};
    j.setRegions(own.map((r) => (r.id === region.id ? { ...r, attributes: value ? { ...rest, [id]: value } : rest } : r)));
  };
  return (
    <div class="attrs">
      {asked.map((a) => (
        <label key={a.id}><span>{say(a.name, lang)}</span>
          <select data-attribute={a.id} value={region.attributes?.[a.id] ?? ""} onChange={(e) => set(a.id, e.currentTarget.value)}>
            <option value="">{words.fault.notSaid}</option>
            {a.values.map((v) => <option key={v.id} value={v.id}>{say(v.name, lang)}</option>)}
          </select>
        </label>
      ))}
    </div>
  );
};
