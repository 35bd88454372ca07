/** A key as a stage sees it; the function reports whether it did something with it. */
export type KeyTaker = (e: KeyboardEvent) => boolean;

/**
 * Gives a stage the keyboard: when the focus is inside it, or when it is nowhere and this is the first stage of the page. Keys that
 * somebody else has taken, and keys in text fields, are left alone.
 */
export function listenKeys(host: HTMLElement, take: KeyTaker): () => void {
  const stop = new AbortController();
  const down = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || e.altKey || e.metaKey || !hasKeys(host)) return;
    if (take(e)) e.preventDefault();
  };
  window.addEventListener("keydown", down, { signal: stop.signal });
  return () => stop.abort();
}

function hasKeys(host: HTMLElement): boolean {
  const at = document.activeElement;
  if (at instanceof HTMLElement && host.contains(at)) return !isField(at);
  const isNowhere = at === null || at === document.body || at === document.documentElement;
  return isNowhere && document.querySelector("[data-stage]") === host;
}

const isField = (el: HTMLElement): boolean => el.matches("textarea, select, [contenteditable], input:not([type=checkbox])");
