import { html } from "htm/preact";
import { Icon } from "./icon.js";

/** A button, or a link that looks like one where `href` is given.
 *
 * `kind`: "plain", "primary", "danger", "quiet". `size`: "", "large", "small". `keys` shows the key that presses it.
 * An icon without children needs `label`.
 */
export function Button({
  kind = "plain", size = "", icon, end_icon, keys, label, busy = false, disabled = false, full = false,
  type = "button", href, onClick, pressed, children, ...rest
}) {
  const bare = icon && !children;
  const names = ["button", kind, size, full && "full", bare && "bare", busy && "busy"].filter(Boolean).join(" ");
  const inside = html`
    ${busy ? html`<${Icon} name="loader-circle" size="turning" />` : icon && html`<${Icon} name=${icon} />`}
    ${children && html`<span class="button-text">${children}</span>`}
    ${end_icon && html`<${Icon} name=${end_icon} />`}
    ${keys && html`<kbd aria-hidden="true">${keys}</kbd>`}`;
  if (href) return html`<a class=${names} href=${href} aria-label=${label} ...${rest}>${inside}</a>`;
  return html`<button class=${names} type=${type} aria-label=${label} title=${bare ? label : undefined}
    aria-busy=${busy ? "true" : undefined} aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    disabled=${disabled || busy} onClick=${onClick} ...${rest}>${inside}</button>`;
}
