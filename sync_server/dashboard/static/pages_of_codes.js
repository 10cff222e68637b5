// Making many codes: the hub makes a page at a time, and whoever goes away goes on later where it was.
import { signal } from "@preact/signals";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { html, Progress } from "kit/ui.js";
import { ask } from "./ask.js";

/** Which batch is being made by this page, and how far each is that it has made: `{batch: {made, wanted}}`. */
export const making = signal("");
export const far = signal({});

/** Have the rest of a batch made, page by page: null, or why it stopped. `kind` is "coupons" or "cards". */
export async function make(kind, batch, made, wanted) {
  making.value = batch;
  far.value = { ...far.value, [batch]: { made, wanted } };
  let refused = null;
  while (making.value === batch && far.value[batch].made < far.value[batch].wanted && !refused) {
    const { answer, error } = await ask(`${kind}/of/${encodeURIComponent(batch)}/page`, {});
    if (answer) far.value = { ...far.value, [batch]: { made: answer.made, wanted: answer.wanted } };
    refused = error ?? null;
  }
  if (making.value === batch) making.value = "";
  return refused;
}

export const stop = () => (making.value = "");

/** How far a batch is, live. */
export function Far({ row }) {
  const { made, wanted } = far.value[row.id] ?? row;
  if (made >= wanted) return html`<span class="amount">${number(wanted)}</span>`;
  const text = t("{made} of {wanted} codes", { made: number(made), wanted: number(wanted) });
  return html`<div class="stack-2 far"><${Progress} label=${row.name} value=${made} max=${wanted} text=${text} waits=${making.value !== row.id} /><span class="small amount">${text}</span></div>`;
}

/** Whether all codes of a batch are made. */
export const complete = (row) => {
  const { made, wanted } = far.value[row.id] ?? row;
  return made >= wanted;
};
