import { html } from "htm/preact";

const TONE = { left: "", center: "centre", right: "end" };

function block(one, key) {
  const look = `${one.bold ? "bold" : ""} ${one.size === 2 ? "double" : ""}`;
  switch (one.t) {
    case "text": return html`<p key=${key} class=${`${TONE[one.align] ?? ""} ${look}`}>${one.s || "\u00a0"}</p>`;
    case "row": return html`<p key=${key} class=${`paper-row ${look}`}><span>${one.left}</span><span class="amount">${one.right}</span></p>`;
    case "rule": return html`<hr key=${key} />`;
    case "qr": return html`<figure key=${key} class="centre">${one.svg_path ? html`<svg class="paper-qr" role="img" aria-label=${one.data}
      viewBox=${`0 0 ${one.svg_size ?? 33} ${one.svg_size ?? 33}`} shape-rendering="crispEdges"><path d=${one.svg_path} /></svg>` : null}
      ${one.svg_path ? null : html`<span class="paper-code">${one.data}</span>`}</figure>`;
    case "barcode": return html`<figure key=${key} class="centre">${one.svg_path ? html`<svg class="paper-bars" role="img" aria-label=${one.data}
      viewBox=${`0 0 ${one.svg_size ?? 100} 20`} preserveAspectRatio="none"><path d=${one.svg_path} /></svg>` : null}<span class="paper-code">${one.data}</span></figure>`;
    case "feed": return html`<div key=${key} class="paper-feed" data-lines=${one.n ?? 1}></div>`;
    case "cut": return html`<div key=${key} class="paper-cut" aria-hidden="true"></div>`;
    // A newer document may have blocks that this page does not know; the rest of the paper is still worth reading.
    default: return null;
  }
}

/** A printed document: `doc = {columns, lang, blocks}` (see ui_kit/README.md). `copy` is a word over the paper. */
export function Paper({ doc, copy = "" }) {
  return html`<article class="paper" lang=${doc.lang} data-columns=${doc.columns}
    ref=${(element) => element?.style.setProperty("--columns", doc.columns ?? 42)}>
    ${copy && html`<p class="paper-copy">${copy}</p>`}${doc.blocks.map(block)}</article>`;
}
