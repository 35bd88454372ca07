// One picture, one verdict.

import { useSignal } from "@preact/signals";
import type { Row } from "../../model/types";
import { useApp } from "../context";
import { Why } from "../Why";
import { Attributes } from "./Attributes";
import { Chips } from "./Chips";
import { CloseUp } from "./CloseUp";
import { LimitStrip } from "./Limits";
import { Picture } from "./Picture";
import { Shots } from "./Shots";
import { Tools } from "./Tools";

export const JudgeScreen = ({ item }: { item: Row }) => {
  const app = useApp();
  const picture = useSignal<HTMLCanvasElement | null>(null);
  const image = item.images?.find((i) => i.sha256 === app.judge.shown.value) ?? item.images?.[0];
  if (!image) return null;
  return (
    <>
      <main class="desk">
        <div class="col pane">
          <Why />
          <LimitStrip />
          <Picture item={item} image={image} onCloseUp={(c) => (picture.value = c)} />
          <Shots item={item} />
        </div>
        <Tools />
      </main>
      <aside class="side">
        <CloseUp image={image} picture={picture} />
        <Attributes />
        <Chips />
      </aside>
    </>
  );
};
