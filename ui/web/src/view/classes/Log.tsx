// Every revision of the taxonomy, who made it, and what it changed.

import { useApp, useSpeech } from "../context";
import { Failed } from "../parts/Failed";

export const Log = () => {
  const { classLog: log } = useApp();
  const { words, format } = useSpeech();
  const w = words.taxonomy;
  return (
    <div class="hlist" aria-busy={log.loading.value}>
      {log.entries.value.map(({ taxonomy: t, changes }) => (
        <div key={t.revision} class="rline">
          <span class="kv"><b>{words.classes.revision(t.revision)}</b><small>{t.changed && t.by ? w.by(t.by, format.dayAndTime(t.changed / 1e6)) : w.first}</small></span>
          <p>{changes.length ? changes.map((c) => <span key={`${c.what} ${c.id}`} class="tag">{w.change[c.what]} <b>{c.id}</b></span>) : <span class="mut">{t.revision > 1 ? w.nothing : w.first}</span>}</p>
        </div>
      ))}
      {log.trouble.value && <Failed title={w.failed} sub={words.problem[log.trouble.value]} />}
      {log.more.value && <button type="button" class="btn big more" onClick={() => void log.next()}>{w.older}</button>}
    </div>
  );
};
