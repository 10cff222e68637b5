// The page "customers": find one by card, phone, address or name; a row opens to the account and what staff may do.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Drawer, Empty, html, Loading, Search, Table } from "kit/ui.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { Customer, customer, CustomerDialogs, open_customer } from "./customer.js";

const PATIENCE_MS = 300;
const rows = signal(null);
const wanted = signal("");
const refusal = signal(null);
let timer = 0;

async function load() {
  const asked = wanted.value;
  const { answer, error } = await ask("customers/find", { q: asked });
  // Who types on has asked anew: an older answer that comes later is no answer to that.
  if (asked !== wanted.value) return;
  refusal.value = error ?? null;
  if (answer) rows.value = answer.customers;
}

function typed(text) {
  wanted.value = text;
  clearTimeout(timer);
  timer = setTimeout(load, PATIENCE_MS);
}

const columns = () => [
  { key: "names", label: t("Customer"), show: (row) => html`<span class="stack-2"><strong>${word(row.names)}</strong><span class="quiet small">${row.email}</span></span>` },
  { key: "phone", label: t("Phone"), show: (row) => html`<span class="amount">${row.phone}</span>` },
  { key: "cards", label: t("Cards"), show: (row) => html`<span class="amount">${row.cards.join(", ") || "–"}</span>` },
  { key: "points", label: t("Points"), end: true, show: (row) => html`<strong class="amount">${number(row.points)}</strong>` },
];

/** Customers; a row opens to the account. */
export function Customers() {
  useEffect(() => void load(), []);
  if (!rows.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the customers")} lines=${6} />`;
  const close = () => (customer.value = null);
  return html`<div class="manage-stack"><section class="panel stack"><div><h2>${t("Customers")}</h2>
      <p class="quiet small">${t("Find one by the card, a part of the phone number, the mail address or the name. Up to 50 are shown.")}</p></div>
    <${Search} label=${t("Card, phone, mail or name")} value=${wanted.value} onInput=${typed} onSubmit=${load} />
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <${Table} cards caption=${t("Customers")} columns=${columns()} rows=${rows.value} onOpen=${(row) => open_customer(row.id)}
      empty=${html`<${Empty} icon="users" title=${t("Nobody is found")}>${t("Try less of the name, or the number of the card.")}<//>`} /></section>
    <${Drawer} open=${Boolean(customer.value)} title=${word(customer.value?.customer.names)} onClose=${close}>${customer.value && html`<${Customer} onChanged=${load} />`}<//>
    ${customer.value && html`<${CustomerDialogs} onChanged=${load} />`}</div>`;
}
