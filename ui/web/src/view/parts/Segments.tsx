// A row of buttons of which one holds.

import type { ComponentChildren } from "preact";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; text: ComponentChildren; lang?: string }[];
  onPick(v: T): void;
}

export const Segments = <T extends string>({ label, value, options, onPick }: Props<T>) => (
  <div class="seg" role="group" aria-label={label}>
    {options.map((o) => (
      <button key={o.value} type="button" class="btn" aria-pressed={o.value === value} lang={o.lang} onClick={() => onPick(o.value)}>
        {o.text}
      </button>
    ))}
  </div>
);
