// The shelf: goods and loyalty cards to click, with a search.
import { computed, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { money } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Badge, Empty, Icon, Loading, Search, Tabs, html } from "kit/ui.js";
import { scan } from "./link.js";

const SHOWN_LIMIT = 60;
const PER_UNIT = { kg: () => t("/kg"), m: () => t("/m"), l: () => t("/L") };
const shelf = signal(null);
const failed = signal(false);
const kind = signal("goods");
const search = signal("");
const department = signal("");
const named = (thing) => thing.names[boot.locale] ?? thing.names.en;

fetch("/api/shelf").then((answer) => answer.json()).then((found) => { shelf.value = found; }, () => { failed.value = true; });

// With nothing chosen the shelf shows some of everything: the first of each department, then the second of each.
function mixed(goods) {
  const rank = new Map();
  const seen = new Set();
  const first = goods.filter((one) => !seen.has(one.family) && seen.add(one.family));
  const placed = first.map((one) => {
    const place = rank.get(one.department) ?? 0;
    rank.set(one.department, place + 1);
    return [place, one];
  });
  return placed.sort((a, b) => a[0] - b[0]).map(([, one]) => one);
}

const goods = computed(() => {
  if (!shelf.value) return [];
  const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let found = shelf.value.goods;
  if (department.value) found = found.filter((one) => one.department === department.value);
  if (words.length) found = found.filter((one) => {
    const text = `${one.names.en} ${one.names.ru} ${one.text}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (words.length || department.value ? found : mixed(found)).slice(0, SHOWN_LIMIT);
});

const cards = computed(() => {
  const words = search.value.toLocaleLowerCase();
  return (shelf.value?.cards ?? []).filter((one) => `${one.names.en} ${one.names.ru} ${one.text}`.toLocaleLowerCase().includes(words));
});

function Goods({ one }) {
  const picture = `/picture/${one.picture}.svg`;
  const name = named(one);
  return html`<button type="button" class="b-good" title=${`${name} · ${one.text}`} onClick=${() => scan({ text: one.text, aim: one.aim, picture, name })}>
    <img src=${picture} alt="" width="64" height="64" loading="lazy" />
    <span class="b-good-name">${name}</span>
    <span class="b-good-price amount">${money({ amount: one.price, currency: one.currency })}${PER_UNIT[one.unit]?.() ?? ""}</span></button>`;
}

function Card({ one }) {
  const name = named(one);
  return html`<button type="button" class="b-card" onClick=${() => scan({ text: one.text, aim: one.aim, name })}>
    <${Icon} name="star" /><span class="b-card-name">${name}</span>${one.demo && html`<${Badge} kind="accent">${t("on the phone")}<//>`}<span class="b-card-code amount">${one.text}</span></button>`;
}

function Found() {
  if (failed.value) return html`<${Empty} kind="trouble" icon="cloud-off" title=${t("The shelf could not be filled")}>${t("Load the page again.")}<//>`;
  if (!shelf.value) return html`<${Loading} lines=${6} />`;
  const list = kind.value === "goods" ? goods.value : cards.value;
  if (!list.length) return html`<${Empty} icon="search" title=${t("Nothing by that name")}>${t("Try fewer letters, or type the code beside the scanner.")}<//>`;
  if (kind.value === "cards") return html`<div class="b-cards">${list.map((one) => html`<${Card} key=${one.id} one=${one} />`)}</div>`;
  return html`<div class="b-goods">${list.map((one) => html`<${Goods} key=${one.id} one=${one} />`)}</div>`;
}

export function Shelf() {
  const kinds = [
    { id: "goods", label: t("Goods"), icon: "package" },
    { id: "cards", label: t("Cards"), icon: "star" },
  ];
  return html`<section class="b-shelf" aria-label=${t("Shelf")}>
    <${Tabs} look="pills" items=${kinds} value=${kind.value} onChange=${(id) => { kind.value = id; }} label=${t("What to scan")} />
    <div class="b-find"><${Search} value=${search.value} onInput=${(text) => { search.value = text; }} label=${t("Search the shelf")} />
      ${kind.value === "goods" && html`<select class="b-select" aria-label=${t("Department")} value=${department.value} onChange=${(event) => { department.value = event.target.value; }}>
        <option value="">${t("All departments")}</option>
        ${(shelf.value?.departments ?? []).map((one) => html`<option key=${one.id} value=${one.id}>${named(one)}</option>`)}</select>`}</div>
    <div class="b-found" tabindex="-1"><${Found} /></div>
  </section>`;
}
