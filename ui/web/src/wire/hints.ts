// The hint line: a WebSocket that says that something changed, never what it is now. Whoever listens re-reads over HTTP. After every
// reconnect it says so, because hints were missed.

import { Backoff } from "../lib/backoff";
import type { Change } from "./types";

export type Hint = Change | { what: "reconnected" };

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  close(): void;
}

/** A WebSocket as a Socket. */
export const webSocket = (url: string): Socket => {
  const line = new WebSocket(url);
  const socket: Socket = { onopen: null, onmessage: null, onclose: null, close: () => line.close() };
  line.onopen = () => socket.onopen?.();
  line.onmessage = (e: MessageEvent<unknown>) => socket.onmessage?.({ data: e.data });
  line.onclose = () => socket.onclose?.();
  return socket;
};

export class Hints {
  private socket: Socket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff = new Backoff(500, 15_000);

  constructor(
    private readonly open: () => Socket,
    private readonly tell: (h: Hint) => void,
    private readonly onUp: (up: boolean) => void,
  ) {}

  /** Connects and keeps connecting until stop. Calling it again while it runs does nothing. */
  start(): void {
    if (this.socket || this.timer) return;
    this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = this.socket;
    this.socket = undefined;
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  }

  private connect(): void {
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => {
      this.backoff.reset();
      this.onUp(true);
      this.tell({ what: "reconnected" });
    };
    socket.onmessage = (e) => {
      const hint = parse(e.data);
      if (hint) this.tell(hint);
    };
    socket.onclose = () => {
      this.socket = undefined;
      this.onUp(false);
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.connect();
      }, this.backoff.next());
    };
  }
}

const kinds = ["item", "label", "claim", "taxonomy", "status"];

const parse = (data: unknown): Change | undefined => {
  if (typeof data !== "string") return undefined;
  try {
    const change = JSON.parse(data) as Partial<Change>;
    return change.what && kinds.includes(change.what) ? (change as Change) : undefined;
  } catch {
    return undefined; // a newer gateway may say more than this page knows
  }
};
