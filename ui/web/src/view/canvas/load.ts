import type { ImageSource, LoadState } from "../../model/stage";
import { WholePicture, type Picture } from "./picture";
import { TiledPicture } from "./tiled";

export interface Loading {
  readonly signal: AbortSignal;
  show(picture: Picture, state: LoadState): void;
  progress(part: number): void; // 0..1
  changed(): void; // the shown picture has more to show
}

/**
 * Loads a picture: what was decoded of it ahead; else first its preview, then the original, or tiles over the preview. Rejects when the pixels
 * do not come or do not decode.
 */
export async function loadPicture(src: ImageSource, ahead: ImageBitmap[], to: Loading): Promise<void> {
  const image = { w: src.width, h: src.height };
  if (ahead.length > 0) return to.show(new WholePicture(ahead, image, to.changed), "ready");
  if (src.tiled) {
    const tiles = new TiledPicture(src, fetchBitmap, to.changed);
    to.show(tiles, "loading"); // its tiles come while the preview does
    tiles.setPreview(await fetchBitmap(src.preview, to.signal));
    if (!to.signal.aborted) to.show(tiles, "ready");
    return;
  }
  let isWhole = false;
  const early = fetchBitmap(src.preview, to.signal).then(
    (b) => (isWhole || to.signal.aborted ? b.close() : to.show(new WholePicture([b], image, to.changed, true), "preview")),
    () => undefined, // a preview that does not come costs nothing but the wait
  );
  const bitmap = await fetchBitmap(src.original, to.signal, to.progress);
  isWhole = true;
  if (to.signal.aborted) return bitmap.close();
  to.show(new WholePicture([bitmap], image, to.changed), "ready");
  await early;
}

export async function fetchBitmap(url: string, signal: AbortSignal, progress?: (part: number) => void): Promise<ImageBitmap> {
  const answer = await fetch(url, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`picture ${url}: status ${answer.status}`);
  const blob = progress && answer.body ? await counted(answer, answer.body, progress) : await answer.blob();
  return createImageBitmap(blob, { imageOrientation: "none" });
}

async function counted(answer: Response, body: ReadableStream<Uint8Array<ArrayBuffer>>, progress: (part: number) => void): Promise<Blob> {
  const total = Number(answer.headers.get("Content-Length"));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let got = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    got += part.value.length;
    if (total > 0) progress(Math.min(1, got / total));
  }
  return new Blob(chunks, { type: answer.headers.get("Content-Type") ?? "" });
}
