// Calibrates the panel: a bar that must be as long as a bank card. What a glove must hit is a multiple of real millimetres.

import { pixelsPerMm } from "../model/prefs";
import { useApp, useSpeech } from "./context";
import { Icon } from "./parts/Icon";

const card = 85.6; // mm, ISO/IEC 7810 ID-1
const [least, most] = [2.5, 12]; // px per mm that a panel can have

const diagonalOf = (mm: number): number => Math.hypot(screen.width, screen.height) / mm / 25.4;

export const TouchSize = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const { mm } = app.prefs;
  const now = mm.value || parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")) || 5.88;
  const change = (by: number): void => {
    mm.value = Math.min(most, Math.max(least, Math.round((now + by) * 100) / 100));
  };
  const byDiagonal = (inches: number): void => {
    if (inches >= 3 && inches <= 100) mm.value = Math.min(most, Math.max(least, pixelsPerMm(screen.width, screen.height, inches)));
  };
  return (
    <div class="set tall">
      <span>{words.nav.calibrate}</span>
      <div class="card">
        <div class="cardbar" ref={(el) => el?.style.setProperty("width", `${now * card}px`)}><span class="num">{words.nav.card}</span></div>
        <div class="row">
          <button type="button" class="btn" onClick={() => change(-0.05)}><Icon name="minus" />{words.nav.smaller}</button>
          <button type="button" class="btn" onClick={() => change(0.05)}><Icon name="plus" />{words.nav.larger}</button>
          <button type="button" class="btn" aria-pressed={mm.value === 0} onClick={() => (mm.value = 0)}>{words.nav.automatic}</button>
          <label class="row"><span class="cap">{words.nav.diagonal}</span><input class="diag" inputMode="decimal" aria-label={words.nav.diagonal} placeholder={format.number(diagonalOf(now), 1)} onChange={(e) => byDiagonal(Number(e.currentTarget.value.replace(",", ".")))} /></label>
        </div>
        <span class="cap">{mm.value ? words.nav.calibrated(format.number(diagonalOf(mm.value), 1)) : words.nav.calibrateHint}</span>
      </div>
    </div>
  );
};
