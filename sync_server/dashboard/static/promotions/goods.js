// Which goods: everything, departments, or products and whole families that are searched for by name or code.
import { useEffect, useState } from "preact/hooks";
import { money } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Button, Choices, html, Search } from "kit/ui.js";
import { ask } from "../ask.js";
import { word } from "../words.js";
import { goods, keep_goods, words } from "./draft.js";
import { family, good } from "./words.js";

const PATIENCE_MS = 200;

/** A search for products, or with `families` for those in sizes and colours: `onChoose(product)`, each once it is pressed. */
export function Finder({ label, onChoose, families = false }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState([]);
  useEffect(() => {
    if (!text.trim()) return void setFound([]);
    // An answer that comes after the next letter is of another question.
    let wanted = true;
    const timer = setTimeout(async () => {
      const { answer } = await ask(`promotions/goods?q=${encodeURIComponent(text)}`);
      if (wanted && answer) setFound(families ? answer.goods.filter((one) => one.family) : answer.goods);
    }, PATIENCE_MS);
    return () => { wanted = false; clearTimeout(timer); };
  }, [text]);
  const choose = (one) => {
    keep_goods([one]);
    setText("");
    onChoose(one);
  };
  return html`<div class="finder"><${Search} label=${label} value=${text} onInput=${setText} onSubmit=${() => found[0] && choose(found[0])} />
    ${found.length > 0 && html`<ul class="found">${found.map((one) => html`<li key=${one.id}><button type="button" class="found-one" onClick=${() => choose(one)}>
      <span>${word(families ? one.family_names : one.names)}</span><span class="quiet amount">${money({ amount: one.price, currency: words.value.currency })}</span></button></li>`)}</ul>`}</div>`;
}

function Named({ ids, onChange, label, name = good }) {
  if (!ids.length) return null;
  return html`<ul class="named" aria-label=${label}>${ids.map((id) => html`<li key=${id}>${name(id)}
    <${Button} kind="quiet" size="small" icon="x" label=${t("Remove {name}", { name: name(id) })} onClick=${() => onChange(ids.filter((one) => one !== id))} /></li>`)}</ul>`;
}

const added = (ids, id) => (ids.includes(id) ? ids : [...ids, id].sort());

/** The goods of a benefit or a condition: `value` is a selector of docs/promotions.md. */
export function Goods({ label, value, onChange }) {
  const aisles = words.value.departments.map((one) => ({ id: one.id, label: word(one.names) }));
  const set = (part) => onChange({ ...value, ...part });
  const everything = !value.items.length && !value.departments.length && !value.families.length;
  return html`<fieldset class="goods stack-2"><legend>${label}</legend>
    ${everything && html`<p class="quiet small">${t("Everything in the shop. Choose departments or products to make it less.")}</p>`}
    <${Choices} label=${t("Departments")} options=${aisles} value=${value.departments} onChange=${(departments) => set({ departments: [...departments].sort() })} />
    <${Finder} label=${t("Add a product")} onChoose=${(one) => set({ items: added(value.items, one.id) })} />
    <${Named} label=${t("Products")} ids=${value.items} onChange=${(items) => set({ items })} />
    <${Finder} families label=${t("Add all variants of a product")} onChoose=${(one) => set({ families: added(value.families, one.family) })} />
    <${Named} label=${t("All variants")} ids=${value.families} name=${family} onChange=${(families) => set({ families })} />
    <details open=${value.but.length > 0}><summary class="small">${t("Except")}</summary>
      <${Finder} label=${t("A product that is not in it")} onChoose=${(one) => set({ but: added(value.but, one.id) })} />
      <${Named} label=${t("Except")} ids=${value.but} onChange=${(but) => set({ but })} /></details></fieldset>`;
}

/** One product, as a gift. */
export function OneGood({ label, value, onChange }) {
  return html`<div class="stack-2"><p class="field-name">${label}: ${word(goods.value[value]?.names) || value || t("none yet")}</p>
    <${Finder} label=${t("Choose a product")} onChoose=${(one) => onChange(one.id)} /></div>`;
}
