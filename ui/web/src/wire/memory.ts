// Stands in for the panel's disk where the browser offers none. Every write of an operation is refused, so that the page can say that it
// must stay open; the outbox itself keeps the operation in memory.

import type { Clash, Operation, Work } from "./db";

export class MemoryDb {
  private readonly unfinished = new Map<string, Work>();

  operations(): Promise<Operation[]> {
    return Promise.resolve([]);
  }
  putOperation(_op: Operation): Promise<void> {
    return Promise.reject(new Error("put operation: this browser keeps nothing"));
  }
  deleteOperation(_key: string): Promise<void> {
    return Promise.resolve();
  }
  clashes(): Promise<Clash[]> {
    return Promise.resolve([]);
  }
  putClash(_clash: Clash): Promise<void> {
    return Promise.resolve();
  }
  deleteClash(_item: string): Promise<void> {
    return Promise.resolve();
  }
  kept(): Promise<unknown> {
    return Promise.resolve(undefined);
  }
  keep(): Promise<void> {
    return Promise.resolve();
  }
  forget(): Promise<void> {
    return Promise.resolve();
  }
  work(item: string): Promise<Work | undefined> {
    return Promise.resolve(this.unfinished.get(item));
  }
  putWork(work: Work): Promise<void> {
    this.unfinished.set(work.item, work);
    return Promise.resolve();
  }
  deleteWork(item: string): Promise<void> {
    this.unfinished.delete(item);
    return Promise.resolve();
  }
}
