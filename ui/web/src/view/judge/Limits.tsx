// Limit pictures of the class in focus: where good ends and bad begins. They stand above the picture, never on it.

import { useEffect, useState } from "preact/hooks";
import type { LimitView } from "../../model/limits";
import { onImage } from "../../model/proposals";
import { say } from "../../model/taxonomy";
import type { Class } from "../../model/types";
import { useApp, useSpeech } from "../context";
import { Icon, Mark } from "../parts/Icon";
import { Crop } from "../parts/Crop";

const shapes = { good: "ok", borderline: "not_decidable", bad: "not_ok" } as const;

export const useLimits = (c: Class | undefined): LimitView[] => {
  const { limits } = useApp();
  const [views, set] = useState<LimitView[]>([]);
  const key = JSON.stringify(c?.limits ?? []);
  useEffect(() => {
    let gone = false;
    if (c) void limits.views(c).then((v) => gone || set(v));
    return () => void (gone = true);
  }, [c?.id, key]);
  return c ? views : [];
};

export const LimitTile = ({ view: { limit, image } }: { view: LimitView }) => {
  const { words, lang } = useSpeech();
  const w = words.limits;
  return (
    <figure class={`limit ${limit.kind}`}>
      {image ? <Crop sha256={image.sha256} width={image.width} height={image.height} rect={limit.rect} /> : <span class="crop gone">{w.gone}</span>}
      <figcaption><Mark shape={shapes[limit.kind]} /><b>{w.kind[limit.kind]}</b>{limit.note && <span class="cut" title={say(limit.note, lang)}>{say(limit.note, lang)}</span>}</figcaption>
    </figure>
  );
};

/** The class that the person is about to give: picked, else of what is selected, else proposed. */
const useFocusClass = (): Class | undefined => {
  const { judge, classes } = useApp();
  const own = judge.regions.value, proposed = judge.proposals.value.filter(onImage);
  const selected = [...own, ...proposed].find((r) => r.id === judge.selected.value);
  const id = judge.chosen.value ?? selected?.class ?? proposed[0]?.class ?? own[0]?.class;
  return id ? classes.detail(id) : undefined;
};

/** Lies over the close-up, which is as large as a key must be; only its corner shows. */
export const LimitKey = () => {
  const { limits } = useApp();
  const { words: { limits: w } } = useSpeech();
  const c = useFocusClass();
  if (!c?.limits?.length) return null;
  return <button type="button" class="limitkey" aria-label={w.title} title={w.title} aria-pressed={limits.open.value} onClick={() => (limits.open.value = !limits.open.value)}><Icon name="eye" /></button>;
};

export const LimitStrip = () => {
  const { limits } = useApp();
  const { words: { limits: w } } = useSpeech();
  const c = useFocusClass();
  const views = useLimits(limits.open.value ? c : undefined);
  if (!limits.open.value || !c?.limits?.length) return null;
  return <div class="limitstrip" role="group" aria-label={w.title}>{views.map((v) => <LimitTile key={`${v.limit.kind}/${v.limit.image}`} view={v} />)}</div>;
};
