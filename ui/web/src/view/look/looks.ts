// What the picture stage gets to know of how a person looks at it.

import { useLayoutEffect, useMemo } from "preact/hooks";
import { sourceOf } from "../../model/pictures";
import type { Looks } from "../../model/stage";
import type { Image } from "../../model/types";
import { useApp } from "../context";

export const useLooks = (image: Image): Looks => {
  const { look, base } = useApp();
  useLayoutEffect(() => look.show(image), [image.sha256]);
  const panel = look.panel.value;
  const beside = look.golden.beside.value;
  const good = panel === "golden" ? look.golden.picture.value : null;
  return useMemo(() => ({
    tone: look.tone, zero: look.zero, touched: (v) => (look.touched.value = v), cover: look.golden.cover, learnt: (s) => (look.spread.value = s), golden: good && sourceOf(good, base), beside: panel === "golden" && beside, aligned: (shift) => (look.golden.shift.value = shift), panel, toggle: (p) => look.toggle(p),
  }), [look, good?.sha256, beside, panel]);
};
