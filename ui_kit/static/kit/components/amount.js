import { html } from "htm/preact";
import { money } from "../format.js";

/** An amount `value = {amount, currency}`. `size`: 14, 16, 20, 24, 32, 48. `before` is an older amount, struck through. */
export function Amount({ value, before, size = 16, strong = false, quiet = false, plain = false }) {
  if (!value) return html`<span class="amount" aria-hidden="true">–</span>`;
  const names = `amount text-${size} ${strong ? "strong" : ""} ${quiet ? "quiet" : ""}`;
  return html`<span class=${names}>${before && html`<s class="before">${money(before, { plain })}</s> `}${money(value, { plain })}</span>`;
}
