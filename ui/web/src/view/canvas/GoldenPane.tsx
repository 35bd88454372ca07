import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { StageInputs } from "./inputs";
import type { StageView } from "./stageview";

/** The good part beside the picture: moved and magnified together with it, from either side. */
export function GoldenPane({ view, name }: { view(): StageView | undefined; name: string }) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const inputs = useContext(StageInputs);
  useLayoutEffect(() => {
    const golden = view()?.golden;
    if (!host.current || !canvas.current || !golden) return undefined;
    const pane = golden.open(host.current, canvas.current);
    const detach = inputs?.canvas(host.current, pane.editor);
    return () => {
      detach?.();
      pane.close();
    };
  }, [inputs]);
  return (
    <div class="stage golden" data-tool="pan" ref={host} tabIndex={0} role="img" aria-label={name}>
      <canvas class="stage-layer" ref={canvas} />
      <p class="stage-hint stage-badge">{name}</p>
    </div>
  );
}
