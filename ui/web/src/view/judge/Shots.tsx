// The pictures of a part that has more than one.

import type { Row } from "../../model/types";
import { useApp } from "../context";

export const Shots = ({ item }: { item: Row }) => {
  const app = useApp();
  const images = item.images ?? [];
  if (images.length < 2) return null;
  return (
    <div class="shots" role="group">
      {images.map((i) => (
        <button key={i.sha256} type="button" class="btn" aria-pressed={app.judge.shown.value === i.sha256} onClick={() => (app.judge.shown.value = i.sha256)}>
          <img src={`${app.base}/images/${i.sha256}/preview`} alt="" draggable={false} /><span class="cut">{i.camera}</span>
        </button>
      ))}
    </div>
  );
};
