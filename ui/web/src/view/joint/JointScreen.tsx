// Picture and signals of the same part and moment, and one verdict.

import type { Row } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Picture } from "../judge/Picture";
import { Icon, type IconName } from "../parts/Icon";
import { Lanes } from "../signal/Lanes";
import type { Tool } from "../../model/stage";
import { Why } from "../Why";
import { Findings } from "./Findings";

const tools: { tool: Tool; icon: IconName }[] = [{ tool: "pan", icon: "hand" }, { tool: "box", icon: "box" }, { tool: "polygon", icon: "polygon" }, { tool: "measure", icon: "ruler" }];

const ToolRow = () => {
  const { judge: j } = useApp();
  const { words } = useSpeech();
  return (
    <div class="toolrow" role="group">
      {tools.map((t) => (
        <button key={t.tool} type="button" class="tile" aria-pressed={j.tool.value === t.tool} aria-label={words.tool[t.tool]} title={words.tool[t.tool]} onClick={() => (j.tool.value = t.tool)}><Icon name={t.icon} /></button>
      ))}
      <button type="button" class={`tile${j.selected.value === null ? " off" : ""}`} aria-label={words.tool.remove} title={words.tool.remove} onClick={() => j.remove()}><Icon name="trash" /></button>
    </div>
  );
};

export const JointScreen = ({ item }: { item: Row }) => {
  const app = useApp();
  const image = item.images?.find((i) => i.sha256 === app.judge.shown.value) ?? item.images?.[0];
  return (
    <main class="joint">
      <section class="col pane left">
        <Why />
        {image && <div class="pictool"><Picture item={item} image={image} /><ToolRow /></div>}
        <Findings item={item} />
      </section>
      <section class="col pane right"><Lanes item={item} /></section>
    </main>
  );
};
