// The judging screens: header, queue, the item by its kind, and the verdict bar.

import { productOf, serialOf } from "../model/naming";
import type { Row } from "../model/types";
import { useApp, useSpeech } from "./context";
import { Empty } from "./Empty";
import { type Fact, Header, Pace } from "./Header";
import { JointScreen } from "./joint/JointScreen";
import { JudgeScreen } from "./judge/JudgeScreen";
import { Rail } from "./Rail";
import { SignalScreen } from "./signal/SignalScreen";
import { VerdictBar } from "./VerdictBar";

const useFacts = (item: Row | null): Fact[] => {
  const app = useApp();
  const { words, format } = useSpeech();
  if (!item) return [];
  const at = format.moment(item.at / 1e6);
  if (item.kind === "window") {
    return [
      { name: words.asset, value: item.place.asset ?? productOf(item), main: true },
      { name: words.signals, value: String(item.window?.tags.length ?? 0) },
      { name: item.isPartial ? words.partial : words.fault.onset, value: at, wide: true },
    ];
  }
  const facts: Fact[] = [{ name: words.part, value: productOf(item), main: true }, { name: words.serial, value: serialOf(item) }];
  if (item.kind === "image") facts.push({ name: words.camera, value: format.list((item.images ?? []).map((i) => i.camera)), wide: true });
  else {
    const image = item.images?.[0];
    facts.push({ name: words.asset, value: item.place.asset ?? "", wide: true });
    facts.push({ name: words.queue, value: String(app.queue.waiting.value) }); // the joint screen has no queue beside it
    if (image) facts.push({ name: image.camera, value: format.moment((image.taken ?? image.received) / 1e6), wide: true });
  }
  return facts;
};

const screens = { image: JudgeScreen, window: SignalScreen, joint: JointScreen };

export const Bench = () => {
  const app = useApp();
  const { words } = useSpeech();
  const item = app.judge.item.value;
  const Screen = item ? screens[item.kind] : null;
  return (
    <div class={`shell bench ${item?.kind ?? "none"}`}>
      <Header facts={useFacts(item)}>
        {item?.isSimulated && <div class="sim"><span class="tag">{words.simulated}</span></div>}
        <Pace />
      </Header>
      <Rail />
      {item && Screen ? <Screen item={item} /> : <Empty />}
      <VerdictBar />
    </div>
  );
};
