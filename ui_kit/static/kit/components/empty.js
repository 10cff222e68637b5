import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** Nothing here yet: an icon, what is so (`title`), what to do (children), perhaps an `action`. `kind="trouble"` is an error. */
export function Empty({ icon = "inbox", title, action, kind = "", children }) {
  return html`<div class=${`empty ${kind}`}><span class="empty-icon"><${Icon} name=${icon} /></span>
    <p class="empty-title">${title}</p>${children && html`<p class="empty-text">${children}</p>`}${action}</div>`;
}

/** Grey bars where text will be: `lines` of them. */
export function Loading({ lines = 3, label = t("Loading") }) {
  return html`<div class="loading" role="status" aria-label=${label}>${Array.from({ length: lines }, (_, i) => html`<span key=${i}></span>`)}</div>`;
}

/** One figure of a dashboard: `label`, `value` (text or element), a quiet `note`, a `trend` element. */
export function Figure({ label, value, note, trend, icon }) {
  return html`<div class="figure"><span class="figure-label">${icon && html`<${Icon} name=${icon} />`}${label}</span>
    <span class="figure-value amount">${value}</span>
    ${(note || trend) && html`<span class="figure-note">${trend}${note}</span>`}</div>`;
}
