// One window of signals, one verdict, and what the fault is.

import type { Row } from "../../model/types";
import { useApp } from "../context";
import { Why } from "../Why";
import { FaultForm } from "./FaultForm";
import { Lanes } from "./Lanes";

export const SignalScreen = ({ item }: { item: Row }) => (
  <>
    <main class="pane signals"><Why /><Lanes item={item} /></main>
    <aside class="side fault"><FaultForm key={item.id} pad={useApp().judgePad} /></aside>
  </>
);
