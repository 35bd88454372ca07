// The drawing tools in one column: groups first, and the tools of the group that is on in their place; while a region is selected and
// nothing is drawn, what can be done with it. The first tile always leads back, the last one removes what is selected.

import type { Tool } from "../../model/stage";
import { onImage } from "../../model/proposals";
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

interface ActProps { icon: IconName; name: string; keys?: string; held?: boolean; off?: boolean; onPress(): void }

const Act = ({ icon, name, keys = "", held, off = false, onPress }: ActProps) => (
  <button type="button" class={`tile${off ? " off" : ""}`} aria-pressed={held} aria-disabled={off} onClick={onPress}>
    <Icon name={icon} /><span>{name}</span>{keys && <kbd>{keys}</kbd>}
  </button>
);

const Tile = ({ tool, icon, keys, name, on }: { tool: Tool; icon: IconName; keys: string; name: string; on?: boolean }) => {
  const { tool: now } = useApp().judge;
  return <Act icon={icon} name={name} keys={keys} held={on ?? now.value === tool} onPress={() => (now.value = tool)} />;
};

/** What can be done with the selected region. */
const Edit = () => {
  const { words } = useSpeech();
  const { judge } = useApp();
  const desk = judge.stage.value?.desk;
  const w = words.picture.edit;
  return (
    <>
      <Act icon="left" name={w.done} onPress={() => (judge.selected.value = null)} />
      <Act icon="copy" name={w.copy} off={!desk?.canCopy} onPress={() => desk?.copy()} />
      <Act icon="paste" name={w.paste} off={!desk?.canPaste} onPress={() => desk?.paste()} />
      <Act icon="front" name={w.front} off={!desk?.canBring(1)} onPress={() => desk?.bring(1)} />
      <Act icon="behind" name={w.behind} off={!desk?.canBring(-1)} onPress={() => desk?.bring(-1)} />
    </>
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

/** Removes what is selected; with nothing selected, what was copied can be put here. */
const Last = () => {
  const { judge } = useApp();
  const { words } = useSpeech();
  const idle = judge.selected.value === null;
  const stage = judge.stage.value;
  if (idle && judge.tool.value === "pan" && stage?.desk.canPaste) return <Act icon="paste" name={words.picture.edit.pasteHere} keys="Ctrl V" onPress={() => stage.desk.paste()} />;
  return <Act icon="trash" name={words.tool.remove} keys="Del" off={idle} onPress={() => stage?.remove() || judge.remove()} />;
};

export const Tools = () => {
  const { judge } = useApp();
  const { words } = useSpeech();
  const all = [...judge.regions.value, ...judge.proposals.value];
  const chosen = all.find((r) => r.id === judge.selected.value);
  const edits = judge.tool.value === "pan" && chosen !== undefined && onImage(chosen);
  return (
    <nav class="tools" aria-label={edits ? words.picture.edit.all : words.tool.all}>
      {edits ? <Edit /> : <Choices />}
      <Last />
    </nav>
  );
};
