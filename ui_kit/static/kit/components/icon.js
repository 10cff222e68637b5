import { html } from "htm/preact";
import { boot } from "../boot.js";

/** An icon of the sprite (ui_kit/icons.py lists the names). With `label` it is read aloud; without, it is decoration. */
export function Icon({ name, size = "", label = "" }) {
  return html`<svg class=${`icon ${size}`} role=${label ? "img" : undefined} aria-label=${label || undefined}
    aria-hidden=${label ? undefined : "true"} focusable="false"><use href=${`${boot.icons_url}#${name}`} /></svg>`;
}
