import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";
import { MEANINGS } from "./status.js";

const STAY_MS = 5000;
const MAX_TOASTS = 3;
const shown = signal([]);
let next_id = 0;

/** Show a short message. `kind`: "good", "attention", "trouble", "idle"; `action = {label, onClick}`; trouble stays until dismissed. */
export function toast({ kind = "idle", text, action, stay_ms = kind === "trouble" ? 0 : STAY_MS }) {
  const id = ++next_id;
  shown.value = [...shown.value, { id, kind, text, action }].slice(-MAX_TOASTS);
  if (stay_ms) setTimeout(() => dismiss(id), stay_ms);
  return id;
}

export function dismiss(id) {
  shown.value = shown.value.filter((one) => one.id !== id);
}

/** Where toasts appear; once per page. They lie over the page and over an open dialog, so nothing moves or hides them. */
export function Toasts() {
  const layer = useRef(null);
  const newest = shown.value.at(-1)?.id;
  useEffect(() => {
    // The top layer stacks by order of opening: closing and opening again puts this above a dialog opened meanwhile.
    layer.current.hidePopover();
    if (newest) layer.current.showPopover();
  }, [newest]);
  return html`<div class="toasts" popover="manual" role="status" aria-live="polite" ref=${layer}>${shown.value.map((one) => html`<div key=${one.id} class=${`toast ${one.kind}`}>
    <${Icon} name=${(MEANINGS[one.kind] ?? MEANINGS.idle).icon} /><span class="grow">${one.text}</span>
    ${one.action && html`<${Button} kind="quiet" size="small" onClick=${() => { dismiss(one.id); one.action.onClick(); }}>${one.action.label}<//>`}
    <${Button} kind="quiet" size="small" icon="x" label=${t("Dismiss")} onClick=${() => dismiss(one.id)} /></div>`)}</div>`;
}
