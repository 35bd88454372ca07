/** Hands bytes to the browser as a file of this name. */
export const download = (blob: Blob, name: string): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

/** The canvas as a PNG. Rejects where the browser has no memory for it. */
export const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((done, failed) => canvas.toBlob((b) => (b ? done(b) : failed(new Error("png: canvas gave nothing"))), "image/png"));
