/** A pictogram of strokes on a 24 grid. */
export function Glyph({ d }: { d: string }) {
  return <svg class="stage-glyph" viewBox="0 0 24 24" aria-hidden="true"><path d={d} /></svg>;
}

export const GLYPHS = {
  minus: "M5 12h14",
  plus: "M5 12h14M12 5v14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  tone: "M12 3.5a8.5 8.5 0 1 0 0 17ZM12 3.5a8.5 8.5 0 0 1 0 17M12 7.500h3.500M12 11h4.500M12 14.500h3.500",
  compare: "M3.5 5h7.500v14H3.500ZM13 5h7.500v14H13M7.300 9v6M16.700 9v2M16.700 13.500v1.500",
  undo: "M8 5 4 9l4 4M4 9h9.5a5.5 5.5 0 0 1 0 11H9",
  redo: "m16 5 4 4-4 4M20 9h-9.5a5.5 5.5 0 0 0 0 11H15",
  save: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  tick: "m5 12.5 4.5 4.5L19 7",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  interval: "M6 5v14M18 5v14M6 12h12M9 9l-3 3 3 3M15 9l3 3-3 3",
  together: "M3.5 8c3.5-5 5 5 8.500 0s5 5 8.500 0M3.500 15c2.500 4 5-4 8.500 0s6 4 8.500 0",
  magnet: "M6 4v8a6 6 0 0 0 12 0V4h-4v8a2 2 0 0 1-4 0V4ZM6 8h4M14 8h4",
  spectrum: "M4 20V4M4 20h17M7.500 20v-5M10.500 20V7M13.500 20v-9M16.500 20v-3M19.500 20v-6",
  moment: "M12 3v18M8 7l4-4 4 4",
} as const;
