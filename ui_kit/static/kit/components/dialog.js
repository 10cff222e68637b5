import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";

/** A dialog in the browser's top layer: focus goes in and comes back, Esc and the veil close it.
 *
 * Scans are heard while it is open, because they come by socket or by the window's own listener. `actions` are buttons
 * for the foot; `side` ("end", "bottom") makes a drawer of it; `wide` gives room for a table. `closable=false` leaves
 * closing to the actions. `asks` makes a question of it, before a deed that reaches far: its text is read aloud when it
 * opens, also where the focus goes to a button at once.
 */
export function Dialog({ open, title, onClose, actions, side = "", wide = false, asks = false, closable = true, children }) {
  const frame = useRef(null);
  const id = useId();
  useEffect(() => {
    const dialog = frame.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const cancelled = (event) => {
    event.preventDefault();
    if (closable) onClose?.();
  };
  const veil = (event) => { if (event.target === frame.current && closable) onClose?.(); };
  return html`<dialog class=${`dialog ${side ? `drawer from-${side}` : ""} ${wide ? "wide" : ""}`} ref=${frame} aria-labelledby=${id}
    role=${asks ? "alertdialog" : undefined} aria-describedby=${asks ? `${id}-text` : undefined}
    onCancel=${cancelled} onMouseDown=${veil}>
    ${open && html`<div class="dialog-frame">
      <header class="dialog-head"><h2 id=${id}>${title}</h2>
        ${closable && html`<${Button} kind="quiet" icon="x" label=${t("Close")} onClick=${onClose} />`}</header>
      <div class="dialog-body" id=${asks ? `${id}-text` : undefined}>${children}</div>
      ${actions && html`<footer class="dialog-foot">${actions}</footer>`}
    </div>`}
  </dialog>`;
}

/** A dialog that comes from an edge: `side` is "end" (default) or "bottom". */
export const Drawer = ({ side = "end", ...rest }) => html`<${Dialog} side=${side} ...${rest} />`;
