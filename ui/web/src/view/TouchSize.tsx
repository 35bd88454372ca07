// Calibrates the panel: a bar that must be as long as a bank card. What a glove must hit is a multiple of real millimetres.

import { useApp, useSpeech } from "./context";
import { Icon } from "./parts/Icon";

const card = 85.6; // mm, ISO/IEC 7810 ID-1

export const TouchSize = () => {
  const app = useApp();
  const { words } = useSpeech();
  const { mm } = app.prefs;
  const now = mm.value || parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")) || 5.88;
  const change = (by: number): void => {
    mm.value = Math.min(12, Math.max(2.5, Math.round((now + by) * 100) / 100));
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
          <span class="cap">{words.nav.calibrateHint}</span>
        </div>
      </div>
    </div>
  );
};
