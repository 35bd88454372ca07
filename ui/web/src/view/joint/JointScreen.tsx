// Picture and signals of the same part and moment, and one verdict.

import type { Row } from "../../model/types";
import { useApp } from "../context";
import { Picture } from "../judge/Picture";
import { Shots } from "../judge/Shots";
import { Tools } from "../judge/Tools";
import { Lanes } from "../signal/Lanes";
import { Findings } from "./Findings";

export const JointScreen = ({ item }: { item: Row }) => {
  const app = useApp();
  const image = item.images?.find((i) => i.sha256 === app.judge.shown.value) ?? item.images?.[0];
  return (
    <main class="joint">
      <section class="left">
        <div class="col pane">{image && <Picture item={item} image={image} />}<Shots item={item} /></div>
        <Findings item={item} />
        <Tools />
      </section>
      <section class="col pane right"><Lanes item={item} /></section>
    </main>
  );
};
