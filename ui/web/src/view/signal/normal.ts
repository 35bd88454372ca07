import { useEffect, useRef, useState } from "preact/hooks";
import { normalFor } from "../../model/lanes/normal";
import type { Compare, NormalView, WindowView } from "../../model/stage";
import type { Row } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Reckoner } from "../waves/reckoner";

/** The normal stretch behind an item's signals and the key that puts it there. Another item begins without one. */
export function useNormal(item: Row, window: WindowView | undefined): { normal: NormalView | undefined; compare: Compare } {
  const app = useApp();
  const { words: { lanes: w }, format } = useSpeech();
  const [found, set] = useState<{ state: Compare["state"]; view?: NormalView | undefined }>({ state: "off" });
  const round = useRef(0);
  useEffect(() => {
    round.current++;
    set({ state: "off" });
  }, [item.id]);
  const look = async (): Promise<void> => {
    if (!window) return;
    const mine = ++round.current;
    set({ state: "loading" });
    const reckoner = new Reckoner();
    const view = await normalFor(item, window, { items: (q) => app.stretches.items(q), series: (q) => app.stretches.series(q), lag: async (rows, most) => (await reckoner.ask({ ask: "lag", rows, most }))?.at ?? 0 }).then((v) => v ?? "none", () => "failed" as const);
    reckoner.close();
    if (mine === round.current) set(typeof view === "string" ? { state: view } : { state: "on", view });
  };
  const said = found.state === "none" ? w.noNormal : found.state === "failed" ? w.normalFailed : found.view ? w.normal(format.dayAndTime(found.view.at / 1e6), found.view.by) : "";
  const toggle = (): void => void (found.state === "on" ? (round.current++, set({ state: "off" })) : look());
  return { normal: found.view, compare: { state: found.state, words: said, toggle } };
}
