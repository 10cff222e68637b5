// Try a cart: goods, a time and a shopper, and what the draft would take off it and why.
import { effect, signal } from "@preact/signals";
import { money, number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Amount, Badge, Choices, Empty, Field, html, Select, Status, Stepper, Switch } from "kit/ui.js";
import { ask } from "../ask.js";
import { word } from "../words.js";
import { draft, words } from "./draft.js";
import { Finder } from "./goods.js";
import { channels, part } from "./words.js";

const PATIENCE_MS = 250;
const cart = signal([]);
const around = signal({ at: "", channel: "till", known: false, first: false, tier: "", groups: [], coupon: true });
const result = signal(null);
const refusal = signal(null);
let timer = 0;
let asked = 0;

async function look(body) {
  const own = ++asked;
  const { answer, error } = await ask("promotions/try", body);
  // Only the answer to the newest question is shown.
  if (own === asked) [result.value, refusal.value] = [answer ?? result.value, error ?? null];
}

effect(() => {
  const [promotion, lines] = [draft.value, cart.value.map(({ item, quantity: q }) => ({ item, quantity: q }))];
  const body = { promotion, lines, ...around.value };
  clearTimeout(timer);
  if (!promotion || !lines.length) result.value = null;
  else timer = setTimeout(() => look(body), PATIENCE_MS);
});

const put = (part_) => (around.value = { ...around.value, ...part_ });

function add(good) {
  const more = good.weighed ? 500 : 1000;
  const there = cart.value.some((one) => one.item === good.id);
  cart.value = there
    ? cart.value.map((one) => (one.item === good.id ? { ...one, quantity: one.quantity + more } : one))
    : [...cart.value, { item: good.id, names: good.names, unit: good.unit, weighed: good.weighed, quantity: more }];
}

function Line({ one }) {
  const shown = result.value?.lines.find((row) => row.item === one.item);
  const currency = words.value.currency;
  const change = (value) => (cart.value = cart.value.map((other) => (other.item === one.item ? { ...other, quantity: value } : other)));
  return html`<li class="tried-line"><div class="grow"><p>${word(one.names)}</p>
      <p class="line-reasons">${shown?.given.map((row) => html`<${Badge} key=${row.promotion} kind="good">${word(row.names) || t("this promotion")} −${money({ amount: row.off, currency })}<//>`)}</p></div>
    <${Stepper} value=${one.quantity} step=${one.weighed ? 100 : 1000} unit=${one.weighed ? one.unit : ""} min=${one.weighed ? 100 : 1000} onChange=${change}
      onRemove=${() => (cart.value = cart.value.filter((other) => other.item !== one.item))} />
    <span class="tried-amount">${shown && html`<${Amount} value=${{ amount: shown.total, currency }} before=${shown.total !== shown.before ? { amount: shown.before, currency } : null} />`}</span></li>`;
}

const CONDITIONS = {
  spend: () => t("Spent"), units: () => t("Pieces"), tiers: () => t("Tier"), groups: () => t("Group"), stores: () => t("Store"), channels: () => t("Where"), hours: () => t("Weekday and hour"),
  first_purchase: () => t("First purchase"), known_shopper: () => t("Known shopper"), step: () => t("Next step"), time: () => t("Time"), coupon: () => t("Coupon"), paused: () => t("Paused"),
};

function figures(one) {
  const show = (value) => (one.measure === "money" ? money({ amount: value, currency: words.value.currency }) : number(value));
  if (one.measure === "word") return "";
  return t("{actual} of {needed}", { actual: show(one.actual), needed: show(one.needed) });
}

function Why({ told }) {
  const states = {
    given: () => ["good", t("It gives {amount}.", { amount: money({ amount: told.draft.saved, currency: told.currency }) })],
    beaten: () => ["attention", t("Another promotion gives more on these goods.")],
    not_met: () => ["attention", t("Something is missing.")],
    untouched: () => ["idle", t("It does not touch these goods.")],
  };
  const [kind, label] = states[told.draft.state]();
  return html`<div class="stack-2" aria-live="polite"><${Status} kind=${kind} label=${told.draft.state === "given" && !told.draft.saved ? t("It holds.") : label} />
    ${told.draft.by.length > 0 && html`<p class="small">${told.draft.by.map(word).join(", ")}</p>`}
    ${told.draft.verdicts.map((one, i) => html`<${Status} key=${i} kind=${one.held ? "good" : "attention"} label=${CONDITIONS[one.kind]?.() ?? part(one.kind)} note=${figures(one)} />`)}
    ${!told.exact && html`<p class="quiet small">${t("So many goods and promotions at once that a better choice may exist.")}</p>`}</div>`;
}

function Circumstances() {
  const now = around.value;
  const tiers = [{ id: "", label: t("none") }, ...words.value.tiers.map((one) => ({ id: one.id, label: word(one.names) }))];
  return html`<details class="circumstances"><summary>${t("When, where and who")}</summary><div class="stack">
    <div class="pair"><${Field} type="datetime-local" label=${t("When")} value=${now.at} hint=${t("Empty is now, by the clock of your store.")} onInput=${(at) => put({ at })} />
    <${Select} label=${t("Where")} options=${channels()} value=${now.channel} onChange=${(channel) => put({ channel })} /></div>
    <${Switch} label=${t("The shopper is known")} checked=${now.known} onChange=${(known) => put({ known, first: known && now.first })} />
    ${now.known && html`<${Switch} label=${t("It is the first purchase")} checked=${now.first} onChange=${(first) => put({ first })} />
      <${Select} label=${t("Tier")} options=${tiers} value=${now.tier} onChange=${(tier) => put({ tier })} />
      ${words.value.groups.length > 0 && html`<${Choices} label=${t("Groups")} options=${words.value.groups.map((id) => ({ id, label: id }))} value=${now.groups} onChange=${(groups) => put({ groups })} />`}`}
    ${draft.value.coupon && html`<${Switch} label=${t("The shopper has the coupon")} checked=${now.coupon} onChange=${(coupon) => put({ coupon })} />`}
  </div></details>`;
}

/** The cart that is tried, and what comes of it. */
export function Trial() {
  const told = result.value;
  const currency = words.value.currency;
  return html`<div class="stack"><p class="quiet small">${t("Nothing of this is sold or kept. Prices are those of now, with this promotion switched on.")}</p>
    <${Finder} label=${t("Put a product into the cart")} onChoose=${add} />
    ${cart.value.length === 0
      ? html`<${Empty} icon="shopping-cart" title=${t("The cart is empty")}>${t("Search for a product, and see what this promotion does.")}<//>`
      : html`<ul class="tried-lines">${cart.value.map((one) => html`<${Line} key=${one.item} one=${one} />`)}</ul>`}
    ${refusal.value && html`<${Status} kind="trouble" label=${sentence(refusal.value)} />`}
    ${told && html`<dl class="sums"><div><dt>${t("Without it")}</dt><dd class="amount">${money({ amount: told.without, currency })}</dd></div>
      <div><dt>${t("With it")}</dt><dd class="amount strong">${money({ amount: told.total, currency })}</dd></div>
      <div><dt>${t("The shopper saves")}</dt><dd class="amount strong">${money({ amount: told.saved, currency })}</dd></div>
      ${told.points !== 0 && html`<div><dt>${told.points > 0 ? t("Points more") : t("Points fewer")}</dt><dd class="amount strong">${number(Math.abs(told.points))}</dd></div>`}</dl><${Why} told=${told} />`}
    <${Circumstances} /></div>`;
}

