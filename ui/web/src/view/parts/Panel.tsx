// What stands in a pane that has nothing to show: a shape, one sentence, what comes next.

import type { ComponentChildren } from "preact";

interface Props { icon?: ComponentChildren; title: string; sub?: string; dark?: boolean; children?: ComponentChildren }

export const Panel = ({ icon, title, sub, dark, children }: Props) => (
  <div class={dark ? "void dark" : "void"} role="status">
    {icon}
    <b>{title}</b>
    {sub && <small>{sub}</small>}
    {children && <div class="row acts">{children}</div>}
  </div>
);
