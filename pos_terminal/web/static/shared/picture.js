import { useState } from "preact/hooks";
import { html } from "kit/ui.js";
import { named } from "./words.js";

/** The picture of a product or a line; its first letter where there is none. */
export function Picture({ of }) {
  const [missing, setMissing] = useState(false);
  if (!of.picture || missing) return html`<span class="picture letter" aria-hidden="true">${named(of.names).slice(0, 1)}</span>`;
  return html`<img class="picture" src=${`/pictures/${of.picture}.svg`} alt="" draggable=${false} onError=${() => setMissing(true)} />`;
}
