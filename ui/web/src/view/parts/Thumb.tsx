// An item in small: its picture, or a line of the signal that was flagged, drawn once it comes into view.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../../model/types";
import { useApp } from "../context";

const Spark = ({ row }: { row: Row }) => {
  const app = useApp();
  const box = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const el = box.current;
    if (!el || seen) return;
    const watch = new IntersectionObserver((e) => e.some((x) => x.isIntersecting) && setSeen(true), { rootMargin: "200px" });
    watch.observe(el);
    return () => watch.disconnect();
  }, [seen]);
  return (
    <span ref={box} class="thumb spark">
      <svg viewBox="0 0 100 60" preserveAspectRatio="none" aria-hidden="true">{seen && <path d={app.sparks.path(row).value} />}</svg>
    </span>
  );
};

export const Thumb = ({ row }: { row: Row }) => {
  const app = useApp();
  const image = row.images?.[0];
  if (!image) return <Spark row={row} />;
  return <span class="thumb"><img src={`${app.base}/images/${image.sha256}/preview`} alt="" loading="lazy" decoding="async" draggable={false} /></span>;
};
