// One fetch client. A request ends in a value or a WireError, always within its time limit. navigator.onLine is never asked: it says
// "offline" on plants' islands where the gateway answers.

import { refusal, WireError } from "./errors";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown; // sent as JSON
  headers?: Record<string, string>;
  timeout?: number; // ms
}

export class Http {
  /** told about every answer and every silence */
  onLink: (up: boolean) => void = () => {};

  constructor(private readonly base: string, private readonly fetch: Fetch) {}

  url(path: string): string {
    return this.base + path;
  }

  async json<T>(path: string, options: Options = {}): Promise<T> {
    const { what, response } = await this.send(path, options);
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (err) {
      throw new WireError("garbled", what, `answer is not JSON: ${String(err)}`);
    }
  }

  async bytes(path: string, options: Options = {}): Promise<ArrayBuffer> {
    const { what, response } = await this.send(path, options);
    try {
      return await response.arrayBuffer();
    } catch (err) {
      throw new WireError("away", what, `answer broke off: ${String(err)}`);
    }
  }

  private async send(path: string, options: Options): Promise<{ what: string; response: Response }> {
    const method = options.method ?? "GET";
    const what = `${method} ${path}`;
    const init: RequestInit = { method, credentials: "same-origin", headers: { ...options.headers }, signal: AbortSignal.timeout(options.timeout ?? 15_000) };
    if (options.body !== undefined) {
      init.body = JSON.stringify(options.body);
      init.headers = { ...options.headers, "Content-Type": "application/json" };
    }
    const response = await this.fetch(this.url(path), init).catch((err: unknown) => {
      this.onLink(false);
      throw new WireError("away", what, String(err));
    });
    this.onLink(true);
    if (!response.ok) throw refusal(what, response.status, await response.text().catch(() => ""));
    return { what, response };
  }
}
