import { html } from "htm/preact";

/** A titled piece of the gallery. */
export function Specimen({ title, children }) {
  return html`<section class="specimen"><h2>${title}</h2>${children}</section>`;
}

export const euro = (amount) => ({ amount, currency: "EUR" });
