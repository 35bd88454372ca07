// Other values of a rule, tried on the stored history: what it would have flagged, and how much of that people confirmed.

import type { Replay, Setting } from "../../model/rules/desk";
import type { Standing } from "../../model/rules/standing";
import { useApp, useSpeech } from "../context";
import { Segments } from "../parts/Segments";

const Line = ({ setting: s, field, reason }: { setting: Setting; field: string; reason: string }) => {
  const app = useApp();
  const { words: { rules: w }, format } = useSpeech();
  const off = reason === "" || app.ruleDesk.busy.value;
  return (
    <tr class={s.proposed ? "proposed" : s.now ? "now" : ""}>
      <th scope="row" class="num">{format.significant(s.value)} {s.now && <small class="tag">{w.now}</small>}{s.proposed && <small class="tag mach">{w.proposed}</small>}</th>
      <td class="num"><b>{s.candidates}</b></td><td class="num">{s.confirmed}</td><td class="num">{s.rejected}</td><td class="num hide-s">{s.unjudged}</td>
      <td>{!s.now && <button type="button" class={off ? "btn off" : "btn"} aria-disabled={off} onClick={() => off || void app.ruleDesk.tune(field, s.value, reason)}>{w.accept}</button>}</td>
    </tr>
  );
};

const Tried = ({ replay: r, reason }: { replay: Replay; reason: string }) => {
  const { words: { rules: w } } = useSpeech();
  const settings = r.settings ?? [];
  if (settings.length === 0) return null;
  return (
    <table class="tried">
      <thead><tr><th scope="col">{w.value}</th><th scope="col">{w.found}</th><th scope="col">{w.hits}</th><th scope="col">{w.misses}</th><th scope="col" class="hide-s">{w.unknown}</th><th /></tr></thead>
      <tbody>{settings.map((s) => <Line key={s.value} setting={s} field={r.field} reason={reason} />)}</tbody>
    </table>
  );
};

export const Thresholds = ({ s, reason }: { s: Standing; reason: string }) => {
  const { ruleDesk: desk } = useApp();
  const { words: { rules: w }, format } = useSpeech();
  const replay = desk.replay.value;
  const fields = replay?.fields ?? [];
  const running = replay?.state === "running";
  const off = reason === "" || desk.busy.value;
  return (
    <section class="rbox">
      <p class="cap">{w.replay}</p>
      {s.tuned.map((t) => (
        <div key={t.field} class="rtuned"><span class="num">{w.tuned(t.field, format.significant(t.value ?? 0), format.significant(t.was))}<small class="mut"> {format.list([t.reason, t.by])}</small></span><button type="button" class={off ? "btn off" : "btn"} aria-disabled={off} onClick={() => off || void desk.tune(t.field, null, reason)}>{w.takeBack}</button></div>
      ))}
      {fields.length > 1 && <Segments label={w.field} value={replay?.field ?? ""} options={fields.map((f) => ({ value: f, text: f }))} onPick={(f) => void desk.begin(f)} />}
      {replay && <Tried replay={replay} reason={reason} />}
      {replay?.state === "failed" && <p class="warn">{w.replayFailed} <small>{replay.error}</small></p>}
      {replay?.state === "cancelled" && <p class="mut">{w.cancelled}</p>}
      {running ? (
        <div class="rtuned"><span role="status" class="num">{w.running(format.number(replay.done * 100))}</span><button type="button" class="btn" onClick={() => void desk.cancel()}>{w.cancel}</button></div>
      ) : (
        <button type="button" class={desk.busy.value ? "btn off" : "btn"} data-replay onClick={() => void desk.begin(replay?.field ?? "")}>{replay ? w.again : w.start}</button>
      )}
    </section>
  );
};
