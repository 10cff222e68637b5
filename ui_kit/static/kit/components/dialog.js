import { useEffect, useId, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";

/** A dialog in the browser's top layer: focus goes in and comes back, Esc and the veil close it.
 *
 * Scans are heard while it is open, because they come by socket or by the window's own listener. `actions` are buttons
 * for the foot; `side` ("end", "bottom") makes a drawer of it; `wide` gives room for a table. `closable=false` leaves
 * closing to the actions.
 */
export function Dialog({ open, title, onClose, actions, side = "", wide = false, closable = true, children }) {
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
    onCancel=${cancelled} onMouseDown=${veil}>
    ${open && html`<div class="dialog-frame">
      <header class="dialog-head"><h2 id=${id}>${title}</h2>
        ${closable && html`<${Button} kind="quiet" icon="x" label=${t("Close")} onClick=${onClose} />`}</header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer class="dialog-foot">${actions}</footer>`}
    </div>`}
  </dialog>`;
}

/** A dialog that comes from an edge: `side` is "end" (default) or "bottom". */
export const Drawer = ({ side = "end", ...rest }) => html`<${Dialog} side=${side} ...${rest} />`;
