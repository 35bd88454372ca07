// Who are you: user and password, with large fields. What this panel keeps is said before anybody signs in.

import { useSignal } from "@preact/signals";
import type { Lang } from "../model/prefs";
import { useApp, useSpeech } from "./context";
import { Icon, type IconName } from "./parts/Icon";
import { Segments } from "./parts/Segments";

const Side = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const icons: IconName[] = ["disk", "network", "shield"];
  return (
    <section class="l">
      <div class="col"><div class="clock num">{format.minute(app.clock.value)}</div><div class="day num">{format.date(app.clock.value)}</div></div>
      <div class="mark"><b>{words.brand}</b><span>{words.signin.tagline}</span></div>
      <ul>{words.signin.facts.map((f, i) => <li key={f}><Icon name={icons[i] ?? "check"} /><span>{f}</span></li>)}</ul>
    </section>
  );
};

const Notice = () => {
  const app = useApp();
  const { words } = useSpeech();
  const gate = app.session.gate.value;
  const trouble = app.session.trouble.value;
  const waiting = app.outbox.count.value;
  const why = gate.at === "out" && gate.why !== "none" ? words.signin[gate.why] : "";
  return (
    <div class="notices" aria-live="polite">
      {trouble && <p class="notice bad" role="alert"><Icon name="alert" />{words.signin.trouble[trouble]}</p>}
      {!trouble && why && <p class="notice"><Icon name="clock" />{why}</p>}
      {waiting > 0 && <p class="notice warn"><Icon name="upload" />{words.signin.waiting(waiting)}</p>}
    </div>
  );
};

const Form = () => {
  const app = useApp();
  const { words: { signin: w } } = useSpeech();
  const user = useSignal("");
  const password = useSignal("");
  const plain = useSignal(false);
  const busy = app.session.busy.value;
  const enter = async (e: Event): Promise<void> => {
    e.preventDefault();
    const code = user.value.trim();
    if (busy || !code) return;
    if (!password.value) user.value = ""; // a scanner types the card's code into the field that has the focus, and Enter
    if (!(await (password.value ? app.session.signIn(code, password.value) : app.session.signInBadge(code)))) password.value = "";
  };
  return (
    <form class="enter" onSubmit={(e) => void enter(e)}>
      <label><span>{w.user}</span><input name="username" autocomplete="username" autocapitalize="none" spellcheck={false} autofocus value={user.value} onInput={(e) => (user.value = e.currentTarget.value)} /></label>
      <label>
        <span>{w.password}</span>
        <span class="pass">
          <input name="password" ref={(el) => void (el && (el.type = plain.value ? "text" : "password"))} autocomplete="current-password" value={password.value} onInput={(e) => (password.value = e.currentTarget.value)} />
          <button type="button" class="btn ghost" aria-pressed={plain.value} aria-label={plain.value ? w.hide : w.show} onClick={() => (plain.value = !plain.value)}><Icon name="eye" /></button>
        </span>
      </label>
      <p class="cap row"><Icon name="card" />{w.badge}</p>
      <Notice />
      <button type="submit" class="btn pri" aria-disabled={busy}>{busy ? w.busy : w.go}</button>
    </form>
  );
};

export const SignIn = () => {
  const app = useApp();
  const { words } = useSpeech();
  const { lang } = app.prefs;
  const languages: { value: Lang; text: string; lang: string }[] = [{ value: "zh-CN", text: "中文", lang: "zh-CN" }, { value: "en", text: "English", lang: "en" }];
  return (
    <div class="signin">
      <Side />
      <section class="r">
        <div class="top"><h1>{words.signin.title}</h1><Segments label={words.nav.language} value={lang.value} options={languages} onPick={(l) => (lang.value = l)} /></div>
        <Form />
      </section>
    </div>
  );
};
