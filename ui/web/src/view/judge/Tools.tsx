// The drawing tools, and removing what is selected.

import type { Tool } from "../../model/stage";
import { useApp, useSpeech } from "../context";
import { Icon, type IconName } from "../parts/Icon";

const tools: { tool: Tool; icon: IconName; key: string }[] = [
  { tool: "pan", icon: "hand", key: "V" },
  { tool: "box", icon: "box", key: "B" },
  { tool: "polygon", icon: "polygon", key: "P" },
  { tool: "measure", icon: "ruler", key: "M" },
];

export const Tools = () => {
  const app = useApp();
  const { words } = useSpeech();
  const { tool, selected } = app.judge;
  const idle = selected.value === null;
  return (
    <nav class="tools" aria-label={words.tool.box}>
      {tools.map((t) => (
        <button key={t.tool} type="button" class="tile" aria-pressed={tool.value === t.tool} onClick={() => (tool.value = tool.value === t.tool ? "pan" : t.tool)}>
          <Icon name={t.icon} /><span>{words.tool[t.tool]}</span><kbd>{t.key}</kbd>
        </button>
      ))}
      <button type="button" class={`tile${idle ? " off" : ""}`} aria-disabled={idle} onClick={() => app.judge.remove()}>
        <Icon name="trash" /><span>{words.tool.remove}</span><kbd>Del</kbd>
      </button>
    </nav>
  );
};
