// Which items are in the queue, in what order, and under what heads they stand. "" is any.

import type { ItemQuery, Order } from "../wire/api";
import type { QueueRow } from "./queue";
import type { Kind, Row } from "./types";

/** How long an item waits already, by its event time. */
export type Age = "" | "hour" | "shift" | "older" | "yesterday";
export type Grouping = "" | "line" | "station" | "camera" | "asset" | "kind" | "class";

/** teaching: those first whose verdict teaches the detectors most. */
export type QueueOrder = Order | "teaching";

export interface Choice { kind: Kind | ""; order: QueueOrder; line: string; station: string; asset: string; camera: string; class: string; age: Age; group: Grouping }

export const wholeQueue: Choice = { kind: "", order: "oldest", line: "", station: "", asset: "", camera: "", class: "", age: "", group: "" };

const hour = 3_600_000; // ms
const ages: Record<Exclude<Age, "">, { from?: number; to?: number }> = { hour: { from: hour }, shift: { from: 8 * hour }, older: { to: 8 * hour }, yesterday: { to: 24 * hour } };

/** Whether some items are left out. */
export const isNarrow = ({ kind, line, station, asset, camera, class: proposed, age }: Choice): boolean => Boolean(kind || line || station || asset || camera || proposed || age);

/** What to ask the gateway for; now is ms. */
export const queryOf = (c: Choice, now: number, limit: number): ItemQuery => {
  const query: ItemQuery = { state: "open", limit, line: c.line, station: c.station, asset: c.asset, camera: c.camera, proposed: c.class };
  if (c.order !== "teaching") query.order = c.order;
  if (c.kind) query.kind = c.kind;
  const age = c.age ? ages[c.age] : {};
  if (age.from) query.from = (now - age.from) * 1e6;
  if (age.to) query.to = (now - age.to) * 1e6;
  return query;
};

/** Whether an item is wanted, where the gateway does not ask the question: now is ms. */
export const fits = (row: Row, c: Choice, now: number): boolean => {
  const { from = -Infinity, to = Infinity } = queryOf(c, now, 1);
  const same = (wanted: string, ...has: (string | undefined)[]): boolean => wanted === "" || has.includes(wanted);
  return same(c.kind, row.kind) && same(c.line, row.place.line) && same(c.station, row.place.cell) && same(c.asset, row.place.asset)
    && same(c.camera, ...(row.images ?? []).map((i) => i.camera)) && same(c.class, ...(row.candidates ?? []).flatMap((r) => r.regions ?? []).map((r) => r.class))
    && row.at >= from && row.at < to;
};

/** The class that the most certain candidate with regions proposes. */
const proposedClass = (row: Row): string | undefined => row.candidates?.flatMap((c) => c.regions ?? []).find((r) => r.class)?.class;

const headOf = (row: Row, by: Exclude<Grouping, "">): string => {
  switch (by) {
    case "kind": return row.kind;
    case "station": return row.place.cell ?? "";
    case "camera": return row.images?.[0]?.camera ?? "";
    case "class": return proposedClass(row) ?? "";
    default: return row.place[by] ?? "";
  }
};

/** The rows under their heads: heads in the order of their first row, rows in theirs. One without a head where nothing is grouped. */
export const grouped = (rows: readonly QueueRow[], by: Grouping): { head: string; rows: QueueRow[] }[] => {
  if (!by) return [{ head: "", rows: [...rows] }];
  const groups = new Map<string, QueueRow[]>();
  for (const entry of rows) {
    const head = headOf(entry.row, by), known = groups.get(head);
    if (known) known.push(entry);
    else groups.set(head, [entry]);
  }
  return [...groups].map(([head, members]) => ({ head, rows: members }));
};
