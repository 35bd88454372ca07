// A verdict as it is read: a shape and a word, coloured only where it is not OK.

import type { ComponentChildren } from "preact";
import type { Verdict } from "../../model/types";
import { useSpeech } from "../context";
import { Mark } from "./Icon";

export const toneOf = (verdict: Verdict): string => (verdict === "not_ok" ? "bad" : verdict === "not_decidable" ? "warn" : "");

export const Said = ({ verdict, children }: { verdict: Verdict; children?: ComponentChildren }) => {
  const { words } = useSpeech();
  return <span class={`vd ${toneOf(verdict)}`}><Mark shape={verdict} /><b>{words.verdict[verdict]}</b>{children}</span>;
};
