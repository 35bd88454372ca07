// Constructs the page and nothing else.

import { render } from "preact";
import { attachCanvas } from "./input/canvas/attach";
import { bindKeys } from "./input/keys";
import { attachLanes } from "./input/lanes/attach";
import { bindPanel } from "./input/panel";
import { bindTaps } from "./input/taps";
import { App as Model } from "./model/app";
import { Clip } from "./model/canvas/clip";
import { Prefs, type Shelf } from "./model/prefs";
import { App } from "./view/App";
import { Ahead } from "./view/canvas/ahead";
import { StageInputs } from "./view/canvas/inputs";
import { Api } from "./wire/api";
import { LocalDb } from "./wire/db";
import { Hints, webSocket } from "./wire/hints";
import { Http } from "./wire/http";
import { MemoryDb } from "./wire/memory";

const base = "/api/v1";

/** The one-time token in the address, which is taken out of the address at once. */
const takeToken = (): string | undefined => {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? undefined;
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return token;
};

const events = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${base}/events`;

/** localStorage, reached only when asked for: a browser that forbids it throws at the first touch. */
const shelf: Shelf = { getItem: (key) => localStorage.getItem(key), setItem: (key, value) => localStorage.setItem(key, value) };

const main = async (root: HTMLElement): Promise<void> => {
  const http = new Http(base, (url, init) => fetch(url, init));
  const store = await LocalDb.open().catch(() => new MemoryDb()); // a browser without storage: the page says "do not close"
  const app = new Model({
    api: new Api(http),
    base,
    store,
    prefs: new Prefs(shelf, navigator.languages),
    hints: (tell, onUp) => new Hints(() => webSocket(events), tell, onUp),
    now: Date.now,
    later: (f, ms) => void setTimeout(f, ms),
  });
  http.onLink = (up) => app.setLink(up);
  bindPanel(app);
  bindKeys(app);
  bindTaps(app);
  const inputs: StageInputs = { canvas: attachCanvas, lanes: attachLanes, views: new Map(), clip: new Clip(), ahead: new Ahead() };
  render(<StageInputs.Provider value={inputs}><App app={app} /></StageInputs.Provider>, root);
  app.start(takeToken());
};

/** Keeps the page on the panel. Browsers do so over https and on the gateway's own screen only. */
const install = (): void => {
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined); // the page works without
};

const root = document.getElementById("app");
if (root) void main(root);
install();
