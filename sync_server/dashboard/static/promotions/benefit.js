// What a promotion gives: its kind, and the fields that this kind has.
import { t } from "kit/i18n.js";
import { Button, html, Select } from "kit/ui.js";
import { Digits, Money, Percent } from "../amounts.js";
import { all_goods, change, draft, words } from "./draft.js";
import { Goods, OneGood } from "./goods.js";

const FREE = { kind: "percent", hundredths: 10_000 };
const FRESH = {
  each_unit: () => ({ kind: "each_unit", calculator: { kind: "percent", hundredths: 1000 }, on: all_goods(), most: 0 }),
  multibuy: () => ({ kind: "multibuy", take: 3, pay: 2, on: all_goods(), calculator: FREE, most: 0 }),
  buy_get: () => ({ kind: "buy_get", buy: all_goods(), buy_count: 1, get: all_goods(), get_count: 1, calculator: FREE, most: 0 }),
  bundle_price: () => ({ kind: "bundle_price", slots: [{ on: all_goods(), count: 1 }, { on: all_goods(), count: 1 }], price: 1000, most: 0 }),
  together: () => ({ kind: "together", steps: [{ spend: 5000, hundredths: 0, amount: 500 }], on: all_goods() }),
  gift: () => ({ kind: "gift", item: "", count: 1 }),
  points_times: () => ({ kind: "points_times", hundredths: 200, on: all_goods() }),
  free_shipping: () => ({ kind: "free_shipping" }),
};
const KINDS = () => [
  { id: "each_unit", label: t("Something off each piece") },
  { id: "multibuy", label: t("3 for 2, or the second at half price") },
  { id: "buy_get", label: t("Buy these, get those") },
  { id: "bundle_price", label: t("A price for goods together") },
  { id: "together", label: t("Something off from an amount on") },
  { id: "gift", label: t("A gift") },
  { id: "points_times", label: t("More points") },
  { id: "free_shipping", label: t("Delivery for nothing") },
];
const OFF = () => [{ id: "percent", label: t("Percent off") }, { id: "amount", label: t("Amount off") }, { id: "price", label: t("Fixed price") }];
const CALCULATORS = { percent: { kind: "percent", hundredths: 1000 }, amount: { kind: "amount", amount: 100 }, price: { kind: "price", price: 100 } };

const set = (part) => change({ benefit: { ...draft.value.benefit, ...part } });

function Calculator({ value }) {
  const currency = words.value.currency;
  const heard = (part) => set({ calculator: { ...value, ...part } });
  return html`<div class="pair"><${Select} label=${t("How much")} options=${OFF()} value=${value.kind} onChange=${(kind) => set({ calculator: CALCULATORS[kind] })} />
    ${value.kind === "percent" && html`<${Percent} key="percent" label=${t("Percent")} value=${value.hundredths} least=${1} onChange=${(hundredths) => heard({ hundredths })} />`}
    ${value.kind === "amount" && html`<${Money} key="amount" label=${t("Off each piece")} currency=${currency} value=${value.amount} least=${1} onChange=${(amount) => heard({ amount })} />`}
    ${value.kind === "price" && html`<${Money} key="price" label=${t("Price of each piece")} currency=${currency} value=${value.price} onChange=${(price) => heard({ price })} />`}</div>`;
}

const Most = ({ value, label }) => html`<${Digits} label=${label} value=${value.most} most=${1000} hint=${t("0 is no limit.")} onChange=${(most) => set({ most })} />`;
const Count = ({ label, value, onChange, least = 1 }) => html`<${Digits} label=${label} value=${value} least=${least} most=${1000} onChange=${onChange} />`;

function Steps({ value }) {
  const currency = words.value.currency;
  const put = (place, part) => set({ steps: value.steps.map((one, i) => (i === place ? { ...one, ...part } : one)) });
  const more = () => set({ steps: [...value.steps, { ...value.steps.at(-1), spend: value.steps.at(-1).spend + 1 }] });
  return html`${value.steps.map((one, i) => html`<div class="step" key=${i}>
      <${Money} label=${t("From")} currency=${currency} value=${one.spend} onChange=${(spend) => put(i, { spend })} />
      <${Percent} label=${t("Percent off")} value=${one.hundredths} onChange=${(hundredths) => put(i, { hundredths })} />
      <${Money} label=${t("Amount off")} currency=${currency} value=${one.amount} onChange=${(amount) => put(i, { amount })} />
      ${value.steps.length > 1 && html`<${Button} kind="quiet" icon="trash-2" label=${t("Remove this step")} onClick=${() => set({ steps: value.steps.filter((_, other) => other !== i) })} />`}</div>`)}
    <div><${Button} kind="quiet" icon="plus" onClick=${more}>${t("Another step")}<//></div>`;
}

function Slots({ value }) {
  const put = (place, part) => set({ slots: value.slots.map((one, i) => (i === place ? { ...one, ...part } : one)) });
  return html`${value.slots.map((one, i) => html`<div class="slot stack-2" key=${i}>
      <${Count} label=${t("How many")} value=${one.count} onChange=${(count) => put(i, { count })} />
      <${Goods} label=${t("Part {n} of the bundle", { n: i + 1 })} value=${one.on} onChange=${(on) => put(i, { on })} />
      ${value.slots.length > 1 && html`<div><${Button} kind="quiet" icon="trash-2" onClick=${() => set({ slots: value.slots.filter((_, other) => other !== i) })}>${t("Remove this part")}<//></div>`}</div>`)}
    ${value.slots.length < 6 && html`<div><${Button} kind="quiet" icon="plus" onClick=${() => set({ slots: [...value.slots, { on: all_goods(), count: 1 }] })}>${t("Another part")}<//></div>`}`;
}

const on = (value) => html`<${Goods} label=${t("On which goods")} value=${value.on} onChange=${(goods) => set({ on: goods })} />`;
const FIELDS = {
  each_unit: (b) => html`<${Calculator} value=${b.calculator} />${on(b)}<${Most} value=${b} label=${t("Pieces in one sale, at most")} />`,
  multibuy: (b) => html`<div class="pair"><${Count} label=${t("Take")} value=${b.take} least=${2} onChange=${(take) => set({ take })} />
    <${Count} label=${t("Pay in full")} value=${b.pay} least=${0} onChange=${(pay) => set({ pay })} /></div>
    <p class="quiet small">${t("The cheapest of those taken get the following; “100 percent off” is for nothing.")}</p>
    <${Calculator} value=${b.calculator} />${on(b)}<${Most} value=${b} label=${t("Times in one sale, at most")} />`,
  buy_get: (b) => html`<${Count} label=${t("Buy so many")} value=${b.buy_count} onChange=${(buy_count) => set({ buy_count })} />
    <${Goods} label=${t("Of these goods")} value=${b.buy} onChange=${(buy) => set({ buy })} />
    <${Count} label=${t("Get so many")} value=${b.get_count} onChange=${(get_count) => set({ get_count })} />
    <${Goods} label=${t("Of those goods")} value=${b.get} onChange=${(get) => set({ get })} />
    <${Calculator} value=${b.calculator} /><${Most} value=${b} label=${t("Times in one sale, at most")} />`,
  bundle_price: (b) => html`<${Money} label=${t("Price of all together")} currency=${words.value.currency} value=${b.price} onChange=${(price) => set({ price })} />
    <${Slots} value=${b} /><${Most} value=${b} label=${t("Times in one sale, at most")} />`,
  together: (b) => html`<p class="quiet small">${t("The highest step that is reached counts, off all these goods together.")}</p><${Steps} value=${b} />${on(b)}`,
  gift: (b) => html`<${OneGood} label=${t("The gift")} value=${b.item} onChange=${(item) => set({ item })} />
    <${Count} label=${t("How many")} value=${b.count} onChange=${(count) => set({ count })} />`,
  points_times: (b) => html`<${Digits} label=${t("Times the points")} digits=${2} value=${b.hundredths} least=${100} most=${10_000} onChange=${(hundredths) => set({ hundredths })} />${on(b)}`,
  free_shipping: () => html`<p class="quiet small">${t("Goods of this sale that are delivered cost nothing to deliver.")}</p>`,
};

/** The fields of what is given. */
export function BenefitFields() {
  const benefit = draft.value.benefit;
  return html`<${Select} label=${t("What it gives")} options=${KINDS()} value=${benefit.kind} onChange=${(kind) => change({ benefit: FRESH[kind]() })} />
    ${FIELDS[benefit.kind]?.(benefit) ?? html`<p>${t("A newer version of the program made this. It cannot be changed here.")}</p>`}`;
}
