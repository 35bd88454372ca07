// The drawing tools in one column: groups first, and the tools of the group that is on in their place. The first tile always leads back to
// moving the picture, the last one removes what is selected.

import type { Tool } from "../../model/stage";
import { useApp, useSpeech } from "../context";
import { Icon, type IconName } from "../parts/Icon";

interface Entry { tool: Tool; icon: IconName; key: string }
interface Group { name: "boxes" | "lines" | "masks"; icon: IconName; tools: readonly Entry[] }

const groups: readonly Group[] = [
  { name: "boxes", icon: "box", tools: [{ tool: "box", icon: "box", key: "B" }, { tool: "rotated_box", icon: "turnedbox", key: "R" }] },
  { name: "lines", icon: "polygon", tools: [{ tool: "polygon", icon: "polygon", key: "P" }, { tool: "wire", icon: "wire", key: "W" }, { tool: "polyline", icon: "polyline", key: "L" }, { tool: "point", icon: "target", key: "D" }] },
  { name: "masks", icon: "brush", tools: [{ tool: "cutout", icon: "cutout", key: "C" }, { tool: "grow", icon: "wand", key: "G" }, { tool: "brush", icon: "brush", key: "S" }, { tool: "erase", icon: "eraser", key: "E" }] },
];

const groupOf = (tool: Tool): Group | undefined => groups.find((g) => g.tools.some((t) => t.tool === tool));

const Tile = ({ tool, icon, keys, name, on }: { tool: Tool; icon: IconName; keys: string; name: string; on?: boolean }) => {
  const { tool: now } = useApp().judge;
  const held = on ?? now.value === tool;
  return (
    <button type="button" class="tile" aria-pressed={held} onClick={() => (now.value = tool)}>
      <Icon name={icon} /><span>{name}</span>{keys && <kbd>{keys}</kbd>}
    </button>
  );
};

const Choices = () => {
  const { words } = useSpeech();
  const { tool } = useApp().judge;
  const group = groupOf(tool.value);
  if (group) {
    return (
      <>
        <Tile tool="pan" icon="left" keys="V" name={words.tool.back} />
        {group.tools.map((t) => <Tile key={t.tool} tool={t.tool} icon={t.icon} keys={t.key} name={words.tool[t.tool]} />)}
      </>
    );
  }
  return (
    <>
      <Tile tool="pan" icon="hand" keys="V" name={words.tool.pan} />
      {groups.map((g) => <Tile key={g.name} tool={g.tools[0]?.tool ?? "pan"} icon={g.icon} keys={g.tools[0]?.key ?? ""} name={words.tool[g.name]} on={false} />)}
      <Tile tool="measure" icon="ruler" keys="M" name={words.tool.measure} />
    </>
  );
};

export const Tools = () => {
  const { judge } = useApp();
  const { words } = useSpeech();
  const idle = judge.selected.value === null;
  return (
    <nav class="tools" aria-label={words.tool.all}>
      <Choices />
      <button type="button" class={`tile${idle ? " off" : ""}`} aria-disabled={idle} onClick={() => judge.remove()}>
        <Icon name="trash" /><span>{words.tool.remove}</span><kbd>Del</kbd>
      </button>
    </nav>
  );
};
