import { html } from "htm/preact";
import { Icon } from "./icon.js";

/** The meanings that a colour may carry, each with its icon; a word always stands beside it. */
export const MEANINGS = {
  good: { icon: "circle-check" },
  attention: { icon: "triangle-alert" },
  trouble: { icon: "octagon-alert" },
  busy: { icon: "loader-circle" },
  idle: { icon: "circle" },
};

/** A state as icon and word: `kind` is a key of `MEANINGS`, `label` the word, `note` something quiet after it. */
export function Status({ kind = "idle", label, note, icon, compact = false }) {
  const name = icon ?? (MEANINGS[kind] ?? MEANINGS.idle).icon;
  return html`<span class=${`status ${kind}`} title=${compact ? label : undefined}>
    <${Icon} name=${name} size=${kind === "busy" ? "turning" : ""} />
    <span class=${compact ? "seen-by-readers" : ""}>${label}</span>${note && html`<span class="status-note">${note}</span>`}</span>`;
}

/** A small label in a soft colour: `kind` "idle", "accent", "good", "attention", "trouble"; optional `icon`. */
export function Badge({ kind = "idle", icon, children }) {
  return html`<span class=${`badge ${kind}`}>${icon && html`<${Icon} name=${icon} />`}${children}</span>`;
}

/** A calm strip over the page: what is so, what still works. `action` is an element at its end. */
export function Strip({ kind = "attention", icon, action, children }) {
  const name = icon ?? (MEANINGS[kind] ?? MEANINGS.idle).icon;
  return html`<div class=${`strip ${kind}`} role="status"><${Icon} name=${name} /><div class="grow">${children}</div>${action}</div>`;
}
