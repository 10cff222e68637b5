// The terms of a batch of coupons, and a new batch.
import { signal } from "@preact/signals";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Field, html, Select } from "kit/ui.js";
import { Digits } from "../amounts.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";

const USES_MAX = 1_000_000;
const CODES_MAX = 100_000;
const FRESH = { name: "", promotion: "", codes: 1000, uses: 1, per_customer: 0, begins: "", ends: "", paused: false };
const wanted = signal(FRESH);
const refusal = signal(null);
const busy = signal(false);

/** What can be changed of a batch. */
export const terms_of = ({ uses, per_customer, begins, ends, paused }) => ({ uses, per_customer, begins, ends, paused });

export function TermFields({ value, onChange }) {
  const set = (part) => onChange({ ...value, ...part });
  return html`<div class="pair"><${Digits} label=${t("Uses of each code")} value=${value.uses} least=${1} most=${USES_MAX} onChange=${(uses) => set({ uses })} />
    <${Digits} label=${t("Uses by one customer")} value=${value.per_customer} most=${USES_MAX} hint=${t("In the whole batch; 0 is no limit.")} onChange=${(per_customer) => set({ per_customer })} /></div>
    <div class="pair"><${Field} type="datetime-local" label=${t("Good from")} value=${value.begins} hint=${t("Empty: at once.")} onInput=${(begins) => set({ begins })} />
    <${Field} type="datetime-local" label=${t("Good until")} value=${value.ends} hint=${t("Empty: never. By the clock of each store.")} onInput=${(ends) => set({ ends })} /></div>`;
}

/** A dialog for a new batch; `onBegun({batch, made, wanted})` once the hub has it, still without codes. */
export function NewBatch({ open, promotions, onClose, onBegun }) {
  const one = wanted.value;
  const set = (part) => (wanted.value = { ...wanted.value, ...part });
  const promotion = one.promotion || promotions[0]?.id || "";
  const begin = async () => {
    busy.value = true;
    const { answer, error } = await ask("coupons", { ...one, promotion });
    [busy.value, refusal.value] = [false, error ?? null];
    if (error) return;
    wanted.value = FRESH;
    onBegun(answer);
  };
  return html`<${Dialog} open=${open} title=${t("New batch of coupons")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("Not now")}<//><${Button} kind="primary" busy=${busy.value} disabled=${!one.name.trim() || !promotion} onClick=${begin}>${t("Make the codes")}<//>`}>
    <div class="stack"><${Field} label=${t("What you call it")} value=${one.name} maxlength="80" autofocus onInput=${(name) => set({ name })} />
      <${Select} label=${t("Promotion")} options=${promotions.map(({ id, names }) => ({ id, label: word(names) || id }))} value=${promotion} onChange=${(id) => set({ promotion: id })} />
      <${Digits} label=${t("How many codes")} value=${one.codes} least=${1} most=${CODES_MAX} onChange=${(codes) => set({ codes })} />
      <${TermFields} value=${one} onChange=${(value) => set(value)} /><${Refused} text=${refusal.value && sentence(refusal.value)} /></div><//>`;
}
