// Pictograms on a 24 grid with a 1.5 px stroke, and the three shapes that stand beside every verdict.

import type { JSX } from "preact";

const paths = {
  menu: <path d="M4 7h16M4 12h16M4 17h10" />,
  undo: <><path d="M8 5 4 9l4 4" /><path d="M4 9h9.500a5.5 5.5 0 0 1 0 11H9" /></>,
  hand: <path d="M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.500M9.5 18.5 12 21l2.5-2.500M5.5 9.5 3 12l2.5 2.500M18.5 9.5 21 12l-2.5 2.5" />,
  box: <><rect x="5" y="6" width="14" height="12" rx=".5" /><circle cx="12" cy="6" r="1.6" /><circle cx="12" cy="18" r="1.6" /><circle cx="5" cy="12" r="1.6" /><circle cx="19" cy="12" r="1.6" /></>,
  polygon: <><path d="M6 17 4.5 8.5 12 4l7.5 5L17 18Z" /><circle cx="12" cy="4" r="1.3" /><circle cx="4.5" cy="8.5" r="1.3" /><circle cx="6" cy="17" r="1.3" /><circle cx="17" cy="18" r="1.3" /><circle cx="19.5" cy="9" r="1.3" /></>,
  ruler: <><path d="M3.5 15.5 15.5 3.500l5 5L8.5 20.500Z" /><path d="m7 12 2 2M10 9l2.5 2.500M13 6l2 2" /></>,
  trash: <path d="M5 7h14M9.5 7V4.500h5V7M7 7l.8 12.500h8.400L17 7M10.3 10.500v5.500M13.7 10.500v5.5" />,
  link: <><path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1" /><path d="M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1-1" /></>,
  camera: <><path d="M3.5 8h4l1.5-2.500h6L16.5 8h4v11h-17Z" /><circle cx="12" cy="13" r="3.5" /></>,
  upload: <path d="M12 19V6M6.5 11 12 5.5 17.5 11M5 20h14" />,
  right: <path d="m9.5 5 7 7-7 7" />, down: <path d="m5 9 7 7 7-7" />, up: <path d="m5 15 7-7 7 7" />, left: <path d="m14.5 5-7 7 7 7" />,
  plus: <path d="M12 5v14M5 12h14" />, minus: <path d="M5 12h14" />,
  check: <path d="m5 12.5 4.5 4.500L19 7" />, x: <path d="m6 6 12 12M18 6 6 18" />,
  alert: <><path d="M12 4.5 21 19.500H3Z" /><path d="M12 10v4.500M12 17h.01" /></>,
  clock: <><circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3.5 2" /></>,
  eye: <><path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" /><circle cx="12" cy="12" r="2.8" /></>,
  sensor: <path d="M3 13h3.500l2-7 4 13 3-9 1.5 3h4" />,
  people: <><circle cx="9" cy="8.5" r="3.2" /><path d="M3 19c.5-6 11.5-6 12 0" /><path d="M15.5 5.600a3.2 3.2 0 0 1 0 5.800M17.5 14c2 .7 3.3 2.4 3.5 5" /></>,
  note: <><path d="M5 4h14v11l-5 5H5Z" /><path d="M14 20v-5h5M8.5 8.500h7M8.5 12h4" /></>,
  globe: <><circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.500c5 5.5 5 11.5 0 17-5-5.5-5-11.5 0-17Z" /></>,
  disk: <><rect x="4" y="5" width="16" height="6" rx="1" /><rect x="4" y="13" width="16" height="6" rx="1" /><path d="M7.5 8h.01M7.5 16h.01" /></>,
  shield: <><path d="M12 3.5 5 6v5.500c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6Z" /><path d="m9 12 2.2 2.200L15.2 10" /></>,
  network: <><rect x="9" y="3.5" width="6" height="5" /><rect x="3.5" y="15.5" width="6" height="5" /><rect x="14.5" y="15.5" width="6" height="5" /><path d="M12 8.500V12M6.5 15.500V12h11v3.5" /></>,
  book: <><path d="M5 4.500h11.500a2.5 2.5 0 0 1 2.5 2.500v13H7.500A2.5 2.5 0 0 1 5 17.500Z" /><path d="M5 17.500A2.5 2.5 0 0 1 7.5 15H19M9 8.500h6" /></>,
  leave: <path d="M14 4.500H5.500v15H14M10 12h10.500M16.5 8l4 4-4 4" />,
  theme: <><circle cx="12" cy="12" r="8.5" /><path d="M12 3.500v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor" stroke="none" /></>,
  card: <><rect x="3" y="6" width="18" height="12" rx="1.5" /><path d="M3 10h18M6.5 14.500h4" /></>,
  target: <><circle cx="12" cy="12" r="7" /><path d="M12 3v4M12 17v4M3 12h4M17 12h4" /></>,
  filter: <path d="M4 6h16M7 12h10M10 18h4" />,
  turnedbox: <><path d="M9.5 3.500 20.500 12 14.500 20.500 3.500 12Z" /><path d="M17.500 3.500a6 6 0 0 1 3.500 4.500M21.300 4.800 21 8l-3-.6" /></>,
  wire: <><path d="M4 19c1-6 4-4 5-8s4-6 11-6" /><circle cx="4" cy="19" r="1.4" /><circle cx="9" cy="11" r="1.4" /><circle cx="20" cy="5" r="1.4" /></>,
  polyline: <><path d="M4 18 9 8l6 7 5-9" /><circle cx="4" cy="18" r="1.4" /><circle cx="9" cy="8" r="1.4" /><circle cx="15" cy="15" r="1.4" /><circle cx="20" cy="6" r="1.4" /></>,
  brush: <><path d="M20 4 10.500 13.500" /><path d="M8.500 12.500a4 4 0 0 1 3 3c.3 3-2.500 5-7.500 4.500 1.500-1 1.300-2 1.500-4a4 4 0 0 1 3-3.500Z" /></>,
  eraser: <><path d="M9 19.500 3.800 14.300a1.500 1.500 0 0 1 0-2L12.300 3.800a1.500 1.500 0 0 1 2 0l5.900 5.900a1.500 1.500 0 0 1 0 2L12.500 19.500Z" /><path d="m8 8 8 8M9 19.500h11" /></>,
  cutout: <><path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4" /><path d="M8.500 13c-.5-3 2-5 4.500-4.500s3.500 2.500 2.500 4.500-1.500 2.800-3.500 2.800-3.200-1-3.500-2.800Z" fill="currentColor" /></>,
  wand: <><path d="m4 20 10-10M12.500 8.500l3 3" /><path d="M17 3v4M15 5h4M20 11v3M18.500 12.500h3M9.500 3.500v3M8 5h3" /></>,
  copy: <><rect x="8.5" y="8.500" width="11" height="11" rx="1" /><path d="M15.5 8.500v-4h-11v11h4" /></>,
  paste: <><path d="M8 5.500H5v15h14v-15h-3" /><path d="M9 3.500h6v4H9ZM12 11v6M9.500 14.500 12 17l2.500-2.500" /></>,
  front: <><rect x="9" y="4" width="11" height="11" rx=".5" fill="currentColor" fill-opacity=".25" /><path d="M7 9.500H4.500V20H15v-2.500" /></>,
  behind: <><rect x="4" y="9" width="11" height="11" rx=".5" /><path d="M9 6.500V4h11v11h-2.500" stroke-dasharray="2.500 2" /></>,
  // what classes look like; the taxonomy names them
  scratch: <><path d="M4 18C9 17 14 12 20 5" /><path d="M7 20c2-.5 4-2 5.5-3.5" /></>,
  dent: <><circle cx="12" cy="12" r="8" /><path d="M7.5 12A4.5 4.5 0 0 1 12 7.5" /><circle cx="12.5" cy="12.5" r="1.4" /></>,
  burr: <><path d="M3 16h4l1-4 2 4h3l1.5-7 2 7H21" /><path d="M3 20h18" /></>,
  porosity: <><circle cx="7.5" cy="8" r="2" /><circle cx="15.5" cy="7" r="1.2" /><circle cx="13" cy="13" r="2.6" /><circle cx="6.5" cy="16.5" r="1.3" /><circle cx="18.5" cy="18" r="1.7" /></>,
  crack: <><path d="m4 4 5 4-2 4 6 3-1 3 8 3" /><path d="m13 15 5-3" /></>,
  stain: <path d="M12 4c3.5 4.5 6 7.5 6 10.500a6 6 0 0 1-12 0C6 11.5 8.5 8.5 12 4Z" />,
  toolmark: <path d="M4 6c5 3 11 3 16 0M4 11c5 3 11 3 16 0M4 16c5 3 11 3 16 0" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />,
  missing: <><path d="M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4" /><path d="M10 10l4 4M14 10l-4 4" /></>,
  chatter: <path d="M2.5 12h3l1.5-6 2.5 12 2.5-12 2.5 12 2.5-12 1.5 6h3" />,
  heat: <path d="M10 14.500V5a2 2 0 0 1 4 0v9.500a4 4 0 1 1-4 0ZM12 9v7" />,
  drift: <path d="M3 17h5c3 0 4-10 8-10h5" />,
  spike: <path d="M3 17h6l3-13 3 13h6" />,
  stuck: <path d="M3 12h18M7 8v8M17 8v8" />,
  overload: <><path d="M4 17.5a8.5 8.5 0 1 1 16 0" /><path d="m12 14.5 4.5-5M18.5 11.500l1.5-.6" /></>,
  stoppage: <><circle cx="12" cy="12" r="8.5" /><path d="M9.5 9v6M14.5 9v6" /></>,
  other: <><circle cx="12" cy="12" r="8.5" /><path d="M9.8 9.500a2.3 2.3 0 1 1 3.2 2.200c-.7.3-1 .8-1 1.600M12 16.200h.01" /></>,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof paths;

// Names that a taxonomy may use beside the ones above.
const aliases: Record<string, IconName> = {
  pore: "porosity", pores: "porosity", void: "porosity", oil: "stain", dirt: "stain", contamination: "stain", "tool-mark": "toolmark", tool_mark: "toolmark", impact: "dent", bruise: "dent",
  flash: "burr", vibration: "chatter", temperature: "heat", overheat: "heat", wear: "drift", shock: "spike", frozen: "stuck", gap: "missing", incomplete: "missing", rust: "porosity", corrosion: "porosity",
};

/** The pictogram that a taxonomy asks for, or a neutral one. */
export const classIcon = (name: string, id: string): IconName => {
  for (const n of [name, id, ...id.split(/[.-]/)]) {
    if (Object.hasOwn(paths, n)) return n as IconName;
    const alias = aliases[n];
    if (alias) return alias;
  }
  return "target";
};

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="i" viewBox="0 0 24 24" aria-hidden="true">{paths[name]}</svg>
);

export type Shape = "ok" | "not_ok" | "not_decidable" | "undefined";

const shapes: Record<Shape, JSX.Element> = {
  ok: <circle cx="12" cy="12" r="8.5" />,
  not_ok: <path d="M5 5l14 14M19 5 5 19" />,
  not_decidable: <path d="M12 4 21 19.500H3Z" />,
  undefined: <circle cx="12" cy="12" r="2" fill="currentColor" stroke="none" />,
};

/** Ring = OK, cross = NG, triangle = can't decide or attention. */
export const Mark = ({ shape, class: cls = "mk" }: { shape: Shape; class?: string }) => (
  <svg class={cls} viewBox="0 0 24 24" aria-hidden="true">{shapes[shape]}</svg>
);
