import { html } from "htm/preact";

/** How far something has come: `value` of `max`. `label` names it and `text` says the value, both to readers; what is seen
 *  beside it is the page's. `waits`: it does not go on now, and what has come is kept. */
export function Progress({ value, max, label, text, waits = false }) {
  const part = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return html`<div class=${`progress ${waits ? "waits" : ""}`} role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax=${max}
    aria-valuenow=${value} aria-valuetext=${text}><span style=${{ width: `${part * 100}%` }}></span></div>`;
}
