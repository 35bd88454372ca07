// Saves a figure as a file: an SVG with its colours written out and its pictures inside, or that drawn as a PNG.

import { download, pngOf } from "../parts/download";

const painted = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "fill-opacity", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline"] as const;

/** The figure as a file of its own; it needs neither the page's style sheet nor the gateway. */
const svgText = async (figure: SVGSVGElement): Promise<string> => {
  const copy = figure.cloneNode(true) as SVGSVGElement;
  const from = [figure, ...figure.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((el, i) => {
    const style = getComputedStyle(el);
    for (const name of painted) to[i]?.setAttribute(name, style.getPropertyValue(name));
    to[i]?.removeAttribute("class");
  });
  const { width, height } = figure.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(figure).backgroundColor);
  copy.prepend(ground);
  for (const image of copy.querySelectorAll("image")) image.setAttribute("href", await inline(image.getAttribute("href") ?? ""));
  return new XMLSerializer().serializeToString(copy);
};

const inline = async (url: string): Promise<string> => {
  const blob = await (await fetch(url)).blob();
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(new Error(`read ${url}`));
    reader.readAsDataURL(blob);
  });
};

const scale = 2; // pixels of the PNG for one of the figure

const drawn = async (svg: string, width: number, height: number): Promise<Blob> => {
  const picture = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * scale, height * scale];
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await pngOf(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
};

/** Hands the figure to the browser as a download. Rejects when a picture in it does not come. */
export const saveFigure = async (figure: SVGSVGElement, name: string, kind: "png" | "svg"): Promise<void> => {
  const text = await svgText(figure);
  const { width, height } = figure.viewBox.baseVal;
  const blob = kind === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await drawn(text, width, height);
  download(blob, `${name}.${kind}`);
};
