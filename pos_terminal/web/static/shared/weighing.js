// The dialog in which a weight, a length or a volume is typed. A scan of something else closes it; the till decides that.
import { Button, Dialog, html, Keypad } from "kit/ui.js";
import { quantity } from "kit/format.js";
import { t } from "kit/i18n.js";
import { createEntry, keyOf } from "./entry.js";
import { useKeys } from "./keys.js";
import { Picture } from "./picture.js";
import { act, ask, store } from "./till.js";
import { named, unitPrice } from "./words.js";

const GRAMS_MAX_CHARS = 5;

const ASKED = {
  kg: () => ({ title: t("How much does it weigh?"), hint: t("Type the grams that the scale shows.") }),
  m: () => ({ title: t("How long is it?"), hint: t("Type the length in millimetres: 1500 for a metre and a half.") }),
  l: () => ({ title: t("How much is it?"), hint: t("Type the millilitres: 1500 for a litre and a half.") }),
};

/** Grams, as the scale shows them, or millimetres or millilitres: digits come in from the right. */
export const weight = createEntry({ max_chars: GRAMS_MAX_CHARS });

const grams = () => Number.parseInt(weight.text.value || "0", 10);
const close = () => { weight.clear(); act("ask_close"); };

async function add() {
  const [item, typed] = [ask.value.product.id, grams()];
  if (!typed) return;
  weight.clear();
  await act("weigh", { item, quantity: typed });
}

function weightKey(event) {
  const key = keyOf(event);
  if (key && key !== ".") weight.press(key);
  else if (event.key === "Enter") add();
  else if (event.key === "Escape") close();
  else return false;
  return true;
}

export function Weighing() {
  useKeys(weightKey);
  const { product } = ask.value;
  const { title, hint } = ASKED[product.unit]();
  const actions = html`<${Button} keys="Esc" onClick=${close}>${t("Cancel")}<//>
    <${Button} kind="primary" size="large" keys="Enter" disabled=${!grams()} onClick=${add}>${t("Add")}<//>`;
  return html`<${Dialog} open title=${title} onClose=${close} actions=${actions}>
    <div class="weighing" tabindex="-1" autofocus><div class="weighed"><${Picture} of=${product} /><div><p class="strong">${named(product.names)}</p>
      <p class="quiet amount">${unitPrice(product, store.value.currency)}</p></div></div>
      <output class="typed amount text-48 strong" aria-live="polite">${quantity(grams() || 0, product.unit)}</output>
      <p class="quiet small centre">${hint}</p>
      <${Keypad} layout="number" onKey=${weight.press} /></div><//>`;
}
