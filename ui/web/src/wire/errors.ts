// Everything that can go wrong between the page and the gateway, as one closed union.

import type { Label } from "./types";

export type Code =
  | "not_found" | "invalid" | "conflict" | "unauthorized" | "forbidden" | "full" | "too_large" | "rate_limited" | "internal"
  | "away" // no answer at all: the gateway or the line is gone
  | "garbled"; // an answer that is not what was agreed

export class WireError extends Error {
  override readonly name = "WireError";
  constructor(
    readonly code: Code,
    readonly what: string, // method and path
    message: string,
    readonly newest?: Label, // of a conflict
  ) {
    super(`${what}: ${message}`);
  }
}

/** The error as a WireError; anything unknown counts as garbled. */
export const wireError = (err: unknown): WireError =>
  err instanceof WireError ? err : new WireError("garbled", "page", err instanceof Error ? err.message : String(err));

/** Whether the same request may succeed later without a change. */
export const transient = (code: Code): boolean => ["away", "full", "rate_limited", "internal", "garbled"].includes(code);

const byStatus: Record<number, Code> = {
  400: "invalid", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 413: "too_large", 429: "rate_limited", 507: "full",
};

/** Reads a refusal. The status decides when the body says nothing useful. */
export const refusal = (what: string, status: number, body: string): WireError => {
  const code = byStatus[status] ?? "internal";
  try {
    const parsed = JSON.parse(body) as { error?: { message?: string }; newest?: Label };
    return new WireError(code, what, parsed.error?.message ?? `status ${status}`, parsed.newest);
  } catch {
    return new WireError(code, what, `status ${status}`);
  }
};
