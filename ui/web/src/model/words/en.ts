// Every word of the page in English. Its type is the dictionary: zh-CN.ts must have the same keys with the same arguments.

import type { Code } from "../../wire/errors";
import { classesEn } from "./classes";
import { pictureEn } from "./picture";
import { limitsEn } from "./limits";
import { lockEn } from "./lock";
import { progressEn } from "./progress";
import { reviewEn } from "./review";
import { rulesEn } from "./rules";
import { similarEn } from "./similar";
import { statusEn } from "./status";
import { wavesEn } from "./waves";

const s = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const en = {
  lang: "English",
  brand: "edgelabel",

  menu: "Menu", close: "Close", back: "Back", retry: "Try again", skip: "Skip", part: "Part", serial: "Serial", asset: "Asset", camera: "Camera", signals: "Signals", line: "Line",
  queue: "To judge", item: "Item", more: "More…", fewer: "Back", none: "None", unknown: "unknown",
  simulated: "Simulated", partial: "Still recording",

  verdict: { ok: "OK", not_ok: "NG", not_decidable: "Can't decide", undefined: "Not judged" },
  sub: {
    ok: "Pass", okSignal: "Normal, no fault", nd: "Goes to review", ng: "Fail", ngSignal: "Fault", machineNg: "As the machine says", again: "once more: no class", pickClass: "Now tap the class",
    proposed: (name: string) => `As proposed: ${name}`, flagged: (n: number) => (n === 1 ? "As flagged" : `All ${n} as flagged`), marked: (n: number) => s(n, "region"),
  },
  undo: "Undo", undoWhat: (title: string, verdict: string) => `${title} ${verdict}`, nothingToUndo: "Nothing to undo", next: "Next", previous: "Previous", skipHint: "Without verdict",
  user: { switch: "switch", labeler: "Labeler", reviewer: "Reviewer", admin: "Admin" },
  pace: (_n: number, seconds: string) => (seconds ? `${seconds} s each` : "this visit"), judged: (n: number) => `${n} judged`,

  save: {
    idle: "Ready", idleSub: "Nothing to save", saving: "Saving", saved: "Saved", savedSub: "On the gateway's disk",
    unsynced: (n: number, oldest: string) => (oldest ? `${n} to upload, oldest ${oldest}` : `${n} to upload`),
    kept: "Kept here", keptAway: (n: number) => `Gateway away, ${n} waiting`, keptSignin: (n: number) => `Sign in to send ${n}`, keptBusy: (n: number) => `Gateway busy, ${n} waiting`,
    unsafe: "Do not close this page", clash: (title: string) => `${title} judged twice`, clashSub: "Both kept; tap to compare",
    lost: (title: string) => `${title} not saved`, full: "Gateway's disk is full; kept here", refused: "Tap to see why",
  },
  away: { title: "Gateway away", sub: "Keep judging; nothing is lost", text: "Keep judging what is on this panel; nothing is lost. It connects again by itself." },

  tool: { pan: "Move", box: "Box", rotated_box: "Turned box", polygon: "Polygon", wire: "Edge line", polyline: "Line", point: "Point", brush: "Brush", erase: "Erase", cutout: "Box to mask", grow: "Tap to mask", measure: "Measure", remove: "Remove", boxes: "Box", lines: "Outline", masks: "Mask", back: "Tools", all: "Drawing tools" },
  toolHint: {
    box: "Drag a box, or tap two corners", rotated_box: "Drag from one end to the other, then pull its sides", polygon: "Tap the points; tap the first one to close", wire: "Tap along the edge; the line follows it. Tap the first point to close",
    polyline: "Tap the points; tap the last one again to end", point: "Tap the place", brush: "Paint; two fingers make the brush thicker", erase: "Rub out what was painted", cutout: "Drag a box around the defect", grow: "Tap the middle of the defect", measure: "Tap two points",
  },
  stage: {
    picture: (camera: string, part: string) => `Picture of ${part}, camera ${camera}`, proposal: (name: string, score: string) => `Proposed: ${name} ${score}`, unclassed: "no class",
    notCalibrated: "not calibrated", fit: "Fit the picture", zoomIn: "Zoom in", zoomOut: "Zoom out", remove: "Remove", done: "Done", undo: "Undo step", brush: "Thickness of the brush", thinner: "Thinner", thicker: "Thicker", area: (a: string) => `${a} mm²`,
    handle: { top: "Top handle", bottom: "Bottom handle", left: "Left handle", right: "Right handle", corner: "Corner handle", turn: "Turn" },
    loading: (title: string) => `Loading ${title}`, broken: "This picture will not open", brokenSub: "Try again, say \"can't decide\", or skip it",
  },
  look: {
    tone: "View", compare: "Compare", fit: "Auto", invert: "Invert", even: "Local contrast", heat: "False colour", reset: "As taken", dark: "Black from", bright: "White from", loading: "Reading the picture's values",
    side: "Side by side", blink: "Blink", wipe: "Slide", how: "How to compare", edge: "Where the two meet", good: "Good part", part: "This part", choose: "Choose another", pick: "Choose a good part for this camera", keep: "Keep it", none: "Nobody judged a part of this camera OK yet", failed: "The good part did not come",
    reference: "reference of this camera", chosen: (name: string, at: string) => `chosen by ${name}, ${at}`,
  },
  scale: { known: "Known length", unit: "mm per pixel", save: "Calibrate", saved: "Saved. Holds for pictures that arrive from now on", failed: "Not saved", configured: "from the configuration", since: (date: string, by: string) => `since ${date}, by ${by}` },
  why: { none: "The machine proposes nothing", by: (rule: string) => rule, taken: "On record", manual: (name: string) => `Asked for by ${name}`, previous: (verdict: string, name: string) => `${verdict}, by ${name}. A new verdict is kept beside it.` },
  claimed: (name: string) => `${name} has this on screen too`,
  side: {
    proposed: "Proposed", confirmed: "Confirmed", drawn: "Drawn", nothing: "No region", nothingSub: "Draw a box where the defect is, or just give the verdict",
    guess: (name: string, score: string) => `${name}? ${score}`, over: (limit: string, by: string) => `Limit ${limit} mm, +${by}`, under: (limit: string, by: string) => `Limit ${limit} mm, −${by}`, noLimit: "no limit set", width: (w: string) => `${w} mm wide`, area: (a: string) => `${a} mm²`, classes: "Defect class", size: "Size",
  },
  lanes: {
    title: "Signals", lane: (name: string, unit: string) => (unit ? `${name} in ${unit}: belongs to the interval` : `${name}: belongs to the interval`), image: (at: string) => `Image ${at}`, noData: "no data", peakHint: "Peak in interval",
    handle: { from: "Onset", to: "End" }, interval: (n: number) => `Interval ${n}`, unclassed: "interval", fit: "Whole window", zoomIn: "Zoom in", zoomOut: "Zoom out", remove: "Remove",
    loading: "Loading signals", broken: "The signals did not come", normal: (at: string, by: string) => `Grey-green: normal, ${at}${by ? `, judged OK by ${by}` : ""}`, noNormal: "No stretch of these signals was judged OK yet", normalFailed: "The normal stretch did not come",
    gap: { disconnected: "line down", silent: "source silent", overflow: "samples dropped", shutdown: "agent off", corrupt: "unreadable" } as Record<string, string>,
  },
  fault: {
    title: "Fault", hint: "All optional", class: "Class", mode: "Mode", mechanism: "Mechanism", cause: "Cause", confidence: "Confidence", note: "Note", notSaid: "not said", notePlaceholder: "Note: what was seen at the machine", workOrder: "Work order",
    sure: { 1: "Guess", 2: "Likely", 3: "Inspected" }, onset: "Onset", end: "End",
  },
  joint: {
    title: "Findings", one: "One cause", oneSub: "link picture and signals", nothing: "Nothing found yet", nothingSub: "Draw on the picture or tap a lane", signals: (n: number) => s(n, "signal"), pickClass: "Class for this finding",
    imageFlagged: "Picture flagged", signalFlagged: "Signals flagged",
  },
  done: {
    title: "All judged", sub: "New parts appear here by themselves", count: (n: number) => `${n} judged in this visit`, history: "Look at what was judged", loading: "Fetching the queue", failed: "The queue did not come",
  },

  signin: {
    title: "Sign in", badge: "or hold your badge to the scanner", user: "User", password: "Password", go: "Sign in", busy: "Signing in…", show: "Show password", hide: "Hide password",
    expired: "Your sign-in has ended. Everything you judged is kept on this panel.", left: "Signed out.", waiting: (n: number) => `${s(n, "label")} on this panel ${n === 1 ? "waits" : "wait"} for its person to sign in`,
    trouble: { wrong: "User or password is not right.", too_many: "Too many tries. Wait a minute, then try again.", away: "The gateway does not answer. Check its power and the network cable.", token: "This link was used already or is too old. Sign in with user and password.", other: "The gateway could not do that. Ask plant IT." },
    facts: ["Labels are safe on the gateway the moment it says \"saved\".", "Works without internet. Nothing leaves the plant's own network.", "Every label carries your name; nothing is ever overwritten."], tagline: "Labelling at the line",
  },

  nav: { queue: "Judge", timeline: "Timeline", history: "Judged items", status: "Status", language: "Language", theme: "Colours", system: "As the system", light: "Light", dark: "Dark", contrast: "High contrast", text: "Text", signOut: "Sign out", calibrate: "Touch size", show: "Show", all: "All", images: "Images", windows: "Signals", joints: "Joint", order: "Order", oldest: "Oldest first", newest: "Newest first", calibrateHint: "Hold a bank card to the bar and match its length", card: "Bank card, 85.6 mm", diagonal: "or diagonal, inches", calibrated: (inches: string) => `This screen measures ${inches} inches; keys have their real size`, smaller: "Smaller", larger: "Larger", automatic: "Automatic" },
  classes: {
    title: "Classes", revision: (n: number) => `Revision ${n}`, zh: "Name, Chinese", en: "Name, English", key: "Key", on: "For", image: "Images", signal: "Signals", both: "Both", limit: "Limit, mm", retire: "Retire", retired: "Retired", up: "Move up", down: "Move down", drop: "Take back",
    add: "Add class", id: "Id", idHint: "Id: letters, digits, dots, dashes; fixed once saved", save: "Save for everybody", discard: "Discard", saved: (n: number) => `Saved as revision ${n}`, changed: "Not saved yet", same: "As on the gateway",
    conflict: "Somebody else changed the classes. Both changes are shown; look, then save again.", failed: "Not saved", flaw: { name: "Both names, please", key: "One or two digits or letters", twice: "This key is taken" },
  },
  queuelist: {
    title: "Queue", note: "Filter, order, who is on what", narrowed: "Filtered", suspect: "Most suspect first", teaching: "Most telling first", any: "All", clear: "Show all", mine: "Mine, this visit", waiting: "Waiting", empty: "Nothing waits that fits",
    proposed: "Proposed", waits: "Waits", group: "Group by", groups: { line: "Line", station: "Station", camera: "Camera", asset: "Asset", kind: "Kind", class: "Proposed class" }, ages: { hour: "up to 1 h", shift: "up to 8 h", older: "over 8 h", yesterday: "over 24 h" }, noGroup: "none of these", emptySub: "Show all, or choose another filter", score: "Score", age: (span: string) => `waits ${span}`, busy: (name: string) => `${name} is on it`, here: "on this screen", failed: "The queue did not come",
  },
  timeline: {
    title: "Timeline", note: "Signals of an asset, hours to days", range: "Range", earlier: "Earlier", later: "Later", newest: "Newest", noAsset: "Other signals",
    spans: ["15 min", "1 h", "8 h", "1 d", "3 d", "7 d"], spanLabel: "How much time is shown", next: "Next", nextCandidate: "Next candidate", previousCandidate: "Previous candidate",
    candidates: "Candidates", open: (n: number, judged: number) => `${n} open, ${judged} judged`, empty: "No candidate in this range", more: "Only the newest are shown",
    missed: "Missed a fault?", missedHint: "Tick its signals on the left, press \"Interval\", then drag over it, or tap once and pull its ends.",
    nothing: "No signals are configured", nothingSub: "Signals appear here once a source delivers numbers", loading: "Reading the history", broken: "The history did not come",
    interval: "New interval", onset: "Onset", end: "End", length: (span: string) => `End, ${span}`, signals: (n: number) => s(n, "signal"), discard: "Discard", save: "Save fault", saving: "Saving",
    failed: "Not saved yet", failedTodo: (why: string) => `${why}. It stays on this panel; try again.`, made: "Saved as a new item", madeSub: "It stands in the strip now.",
    item: "Candidate", judged: "Judged item", score: "Score", by: "By", judge: "Judge it", again: "Judge again", busy: (name: string) => `${name} has it on screen`,
  },
  history: { title: "Judged items", verdict: "Verdict", class: "Class", kind: "Kind", any: "All", none: "Nothing is judged yet", noneSub: "What you judge is listed here, newest first", empty: "Nothing judged that fits", emptySub: "Choose other filters", more: "Show more", revisions: (n: number) => s(n, "revision"), synced: "uploaded", unsynced: "not uploaded yet", by: "By", when: "When", failed: "The list did not come", again: "Judging again", },
  taxonomy: classesEn,
  review: reviewEn,
  picture: pictureEn,
  progress: progressEn,
  waves: wavesEn,
  rules: rulesEn,
  similar: similarEn,
  clash: { title: (title: string) => `${title} was judged by two people`, sub: "Both labels are on the gateway. Yours is the newest; change that only if you want to.", mine: "Yours", theirs: (name: string) => name, keep: "Keep both", open: "Look at the part again", refusedTitle: (title: string) => `${title} was not saved`, refusedSub: "The gateway refused this label. Judge the part again, or drop the label.", drop: "Drop the label", regions: (n: number) => s(n, "region"), noRegions: "no regions" },

  status: statusEn,
  lock: lockEn,
  limits: limitsEn,
  problem: { away: "The gateway does not answer", unauthorized: "Sign in first", forbidden: "Not allowed for you", not_found: "It is gone", invalid: "Not accepted", conflict: "Somebody else was faster", full: "The gateway's disk is full", too_large: "Too large", rate_limited: "Too many at once", internal: "The gateway made an error", garbled: "The answer was not readable" } satisfies Record<Code, string>,
  detector: { limit: "Limit crossed", stuck: "Value stuck", missing: "Data missing", rate: "Changes too fast", robust_z: "Unusual value", machine_result: "Camera's own verdict", sample: "Sample check", deviation: "Off its target", expression: "Expression", spc: "Control chart", novelty: "Never seen before", shape: "Unusual shape", multivariate: "Signals do not go together", golden: "Unlike the good part", texture: "Unusual surface", model: "Proposed by a model", change: "Level changed", focus: "Blurred", exposure: "Lit otherwise", duplicate: "Same picture again", import: "Brought from a dataset", person: "Marked by a person" } as Record<string, string>,
};

export type Words = typeof en;
