import type { Region } from "../types";
import { History, moved, type Stepped } from "./history";

/** The page's regions and selection, which an editor changes. */
export interface EditPorts {
  readonly regions: { value: Region[] };
  readonly selected: { value: string | null };
  newID(): string;
  commit(regions: Region[]): void;
}

/** Changes the page's regions one finished edit at a time, each of which can be undone, and tells the page. */
export class Edits {
  private readonly history = new History();

  constructor(
    private readonly ports: EditPorts,
    private readonly changed: () => void,
  ) {}

  get selected(): string | null {
    return this.ports.selected.value;
  }

  get all(): readonly Region[] {
    return this.ports.regions.value;
  }

  find(id: string | null): Region | undefined {
    return this.ports.regions.value.find((r) => r.id === id);
  }

  newID(): string {
    return this.ports.newID();
  }

  get canUndo(): boolean {
    return this.history.size > 0;
  }

  get canRedo(): boolean {
    return this.history.again > 0;
  }

  /** Forgets what could be undone. */
  clear(): void {
    this.history.clear();
  }

  /** Adds regions as one edit; the last of them is selected. */
  add(...made: readonly Region[]): void {
    this.history.push({ did: "add", ids: made.map((r) => r.id) });
    this.write([...this.ports.regions.value, ...made], made.at(-1)?.id ?? null);
  }

  /** Puts r in the place of the region with its id. A proposal that was taken as it was and is changed now becomes an edited one. */
  replace(r: Region): void {
    const before = this.find(r.id);
    if (!before) return;
    this.history.push({ did: "reshape", before });
    const after: Region = before.origin === "accepted" ? { ...r, origin: "edited" } : r;
    this.write(this.ports.regions.value.map((o) => (o.id === r.id ? after : o)), r.id);
  }

  /** Removes a person's region and reports whether there was one. */
  remove(id: string | null): boolean {
    const at = this.ports.regions.value.findIndex((r) => r.id === id);
    const region = this.ports.regions.value[at];
    if (!region) return false;
    this.history.push({ did: "remove", placed: [{ region, at }] });
    this.write(this.ports.regions.value.filter((r) => r.id !== id), null);
    return true;
  }

  /** Moves a region to another place in the list and reports whether it was there. */
  reorder(id: string, to: number): boolean {
    const step = moved(this.ports.regions.value, id, to);
    if (!step) return false;
    this.history.push(step.opposite);
    return this.take(step);
  }

  undo(): boolean {
    return this.take(this.history.undo(this.ports.regions.value));
  }

  redo(): boolean {
    return this.take(this.history.redo(this.ports.regions.value));
  }

  select(id: string | null): void {
    this.ports.selected.value = id;
    this.changed();
  }

  private take(step: Stepped | undefined): boolean {
    if (step) this.write(step.regions, step.selected);
    return step !== undefined;
  }

  private write(regions: Region[], selected: string | null): void {
    this.ports.regions.value = regions;
    this.select(selected);
    this.ports.commit(regions);
  }
}

/** A fresh region id: 96 random bits. Works without a secure context, which a plant's plain http is not. */
export function randomID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
