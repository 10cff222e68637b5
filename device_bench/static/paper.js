// The paper, drawn from what the printer's interpreter made of the bytes.
import { useEffect, useRef } from "preact/hooks";
import { html } from "kit/ui.js";

function Raster({ line }) {
  const canvas = useRef(null);
  useEffect(() => {
    const bytes = Uint8Array.from(atob(line.rows), (sign) => sign.charCodeAt(0));
    const row = line.width / 8;
    const height = bytes.length / row;
    const context = canvas.current.getContext("2d");
    Object.assign(canvas.current, { width: line.width, height });
    const image = context.createImageData(line.width, height);
    for (let i = 0; i < line.width * height; i += 1) {
      const dot = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
      image.data.set([34, 33, 31, dot * 255], i * 4);
    }
    context.putImageData(image, 0, 0);
  }, []);
  return html`<canvas class="b-raster" ref=${canvas}></canvas>`;
}

function span(one, key) {
  const names = `${one.b ? "bold" : ""} ${one.h > 1 ? "high" : ""} ${one.w > 1 ? "wide" : ""}`;
  return html`<span key=${key} class=${names}>${one.s}</span>`;
}

export function PaperLine({ line }) {
  const code = encodeURIComponent(line.data ?? "");
  switch (line.kind) {
    case "qr": return html`<p class="b-line center"><img class="b-qr" src=${`/code/qr.svg?data=${code}`} alt=${`QR: ${line.data}`} /></p>`;
    case "barcode": return html`<p class="b-line center b-bars"><img src=${`/code/code128.svg?data=${code}`} alt="" /><span>${line.data}</span></p>`;
    case "raster": return html`<p class=${`b-line ${line.align}`}><${Raster} line=${line} /></p>`;
    case "cut": return html`<div class="b-cut" aria-hidden="true"></div>`;
    default: return html`<p class=${`b-line ${line.align}`}>${line.spans?.length ? line.spans.map(span) : "\u00a0"}</p>`;
  }
}
