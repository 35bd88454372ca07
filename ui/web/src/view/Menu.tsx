// The menu: where to go, how the page looks, who is here. It takes the screen's place and never covers a picture.

import type { Screen } from "../model/app";
import { type Lang, type TextSize, textSizes, type Theme } from "../model/prefs";
import { say } from "../model/taxonomy";
import { useApp, useSpeech } from "./context";
import { Header } from "./Header";
import { LockSettings } from "./LockSettings";
import { Icon, type IconName } from "./parts/Icon";
import { Segments } from "./parts/Segments";
import { TouchSize } from "./TouchSize";

const Place = ({ to, icon, name, note }: { to: Screen; icon: IconName; name: string; note: string }) => {
  const app = useApp();
  return (
    <button type="button" class="place" data-to={to} aria-current={app.screen.value === to} onClick={() => app.go(to)}>
      <Icon name={icon} /><span class="kv"><b>{name}</b><small class="num">{note}</small></span>
    </button>
  );
};

const Places = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const q = app.status.value?.queue;
  const task = say(app.classes.taxonomy.value?.task, app.prefs.lang.value);
  return (
    <nav class="places">
      {task && <p class="task">{task}</p>}
      <Place to="judge" icon="target" name={words.nav.queue} note={`${words.queue} ${format.number(app.queue.waiting.value)}`} />
      <Place to="queue" icon="filter" name={words.queuelist.title} note={app.queue.narrowed.value ? words.queuelist.narrowed : words.queuelist.note} />
      <Place to="timeline" icon="sensor" name={words.nav.timeline} note={words.timeline.note} />
      <Place to="history" icon="book" name={words.nav.history} note={q ? `${words.status.labeled} ${format.number(q.labeled)}` : ""} />
      {app.mayReview && <Place to="review" icon="people" name={words.review.title} note={words.review.note} />}
      <Place to="progress" icon="ruler" name={words.progress.title} note={words.progress.note} />
      <Place to="rules" icon="shield" name={words.rules.title} note={words.rules.note} />
      {app.session.person?.role === "admin" && <Place to="classes" icon="card" name={words.classes.title} note={words.classes.revision(app.classes.taxonomy.value?.revision ?? 0)} />}
      <Place to="status" icon="network" name={words.nav.status} note={q ? `${words.status.unsynced} ${format.number(q.unsynced)}` : ""} />
    </nav>
  );
};

const Settings = () => {
  const app = useApp();
  const { words } = useSpeech();
  const n = words.nav;
  const { lang, theme, text } = app.prefs;
  const themes: { value: Theme; text: string }[] = [{ value: "system", text: n.system }, { value: "light", text: n.light }, { value: "dark", text: n.dark }, { value: "contrast", text: n.contrast }];
  const sizes: { value: TextSize; text: string }[] = textSizes.map((value) => ({ value, text: `${Number(value) * 100} %` }));
  const languages: { value: Lang; text: string; lang: string }[] = [{ value: "zh-CN", text: "中文", lang: "zh-CN" }, { value: "en", text: "English", lang: "en" }];
  return (
    <section class="settings">
      <div class="set"><span>{n.language}</span><Segments label={n.language} value={lang.value} options={languages} onPick={(l) => (lang.value = l)} /></div>
      <div class="set"><span>{n.theme}</span><Segments label={n.theme} value={theme.value} options={themes} onPick={(t) => (theme.value = t)} /></div>
      <div class="set"><span>{n.text}</span><Segments label={n.text} value={text.value} options={sizes} onPick={(t) => (text.value = t)} /></div>
      <LockSettings />
      <TouchSize />
    </section>
  );
};

export const Menu = () => {
  const app = useApp();
  const { words, format } = useSpeech();
  const gate = app.session.gate.value;
  const person = gate.at === "in" ? gate.person : undefined;
  const gateway = app.status.value?.gateway;
  return (
    <div class="shell plain">
      <Header facts={[{ name: words.status.gateway, value: gateway?.id ?? "", main: true }, { name: words.line, value: [gateway?.site, gateway?.line].filter(Boolean).join(" / ") }]} />
      <main class="menupage">
        <Places />
        <Settings />
        <footer class="me">
          <span class="kv"><b>{person?.name || person?.id}</b><small>{format.list([person?.role === "admin" ? words.user.admin : person?.role === "reviewer" ? words.user.reviewer : words.user.labeler, person?.id])}</small></span>
          <button type="button" class="btn big lock" onClick={() => ((app.menu.value = false), app.lock.lock())}><Icon name="shield" />{words.lock.now}</button>
          <button type="button" class="btn big" onClick={() => ((app.menu.value = false), void app.session.signOut())}><Icon name="leave" />{words.nav.signOut}</button>
        </footer>
      </main>
    </div>
  );
};
