// What the data directory holds, and how much room is left.

import type { Status } from "../../model/types";
import { useSpeech } from "../context";

export const Disk = ({ disk }: { disk: Status["disk"] }) => {
  const { words: { status: w }, format } = useSpeech();
  const total = disk.used + disk.free;
  const classes = disk.classes ?? [];
  const width = (share: number) => (el: HTMLElement | null): void => el?.style.setProperty("flex-grow", String(Math.max(share, 0.004)));
  const rest = total - classes.reduce((a, c) => a + c.bytes, 0);
  return (
    <div class="sec">
      <div class="h"><h2>{w.disk}</h2><span class={`cap num${disk.full ? " bad b" : ""}`}>{disk.full ? w.fault.diskFull : w.diskOf(format.bytes(disk.used), format.bytes(total))}</span></div>
      <div class="disk" aria-hidden="true">
        {classes.map((c, i) => <i key={c.name} class={`c${(i % 5) + 1}`} ref={width(total ? c.bytes / total : 0)} />)}
        <i class="c6" ref={width(total ? rest / total : 1)} />
      </div>
      <table class="tight">
        <tbody>
          {classes.map((c, i) => (
            <tr key={c.name}><td><i class={`sw c${(i % 5) + 1}`} />{w.classes[c.name] ?? c.name}</td><td class="r num">{format.bytes(c.bytes)}</td><td class="r num dim">{c.budget > 0 ? w.budget(format.bytes(c.budget)) : ""}</td></tr>
          ))}
          <tr><td><i class="sw c6" />{w.free}</td><td class="r num">{format.bytes(disk.free)}</td><td class="r num dim" /></tr>
        </tbody>
      </table>
      <p class="cap num pad">{w.evicted(disk.evicted)}</p>
    </div>
  );
};
