import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * A component whose code is loaded when it is first shown; a progress line stands in its place until then. Where the code does not come,
 * it is asked for again at the next showing.
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [Shown, set] = useState<{ of: ComponentType<P> } | undefined>(loaded && { of: loaded });
    useEffect(() => {
      if (Shown) return;
      load().then((of) => set({ of: (loaded = of) }), () => undefined);
    }, []);
    return Shown ? <Shown.of {...props} /> : <i class="progress" role="progressbar" />;
  };
}
