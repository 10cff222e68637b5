// The page "gift cards": find one, give one out, block it, put it right; and batches of them to print.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { date, money } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Badge, Button, Drawer, Empty, html, Loading, Search, Status, Table } from "kit/ui.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { Batches } from "./batches.js";
import { Card, card, open_card } from "./card.js";
import { Issue } from "./issue.js";

const PATIENCE_MS = 300;
const WHOLE_CODE = 8;
const rows = signal(null);
const wanted = signal("");
const refusal = signal(null);
let timer = 0;

async function load() {
  const { answer, error } = await ask("cards/find", { q: wanted.value });
  refusal.value = error ?? null;
  if (answer) rows.value = answer.cards;
}

// A whole code is looked up only when somebody says so: each that is nobody's is counted as a guess.
function typed(text) {
  wanted.value = text;
  clearTimeout(timer);
  if (text.replace(/[\s-]/g, "").length < WHOLE_CODE) timer = setTimeout(load, PATIENCE_MS);
}

const KINDS = { gift_card: () => t("Gift card"), store_credit: () => t("Store credit") };
const columns = () => [
  { key: "hint", label: t("Card"), show: (row) => html`<span class="stack-2"><strong>${row.hint || row.customer}</strong><span class="quiet small">${KINDS[row.kind]()}</span></span>` },
  { key: "available", label: t("To spend"), end: true, show: (row) => html`<strong class="amount">${money({ amount: row.available, currency: row.currency })}</strong>` },
  { key: "held", label: t("Held"), end: true, show: (row) => (row.held ? money({ amount: row.held, currency: row.currency }) : "–") },
  { key: "expires_at", label: t("Good until"), show: (row) => (row.expires_at ? date(row.expires_at - 1) : t("no end")) },
  { key: "state", label: t("State"), show: (row) => html`<${Status} kind=${row.blocked ? "trouble" : "good"} label=${row.blocked ? t("Blocked") : t("Good")} />${row.pin && html` <${Badge} icon="lock">PIN<//>`}` },
];

/** Cards and credits; a row opens to all that happened to it. */
export function Cards() {
  useEffect(() => void load(), []);
  if (!rows.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the cards")} lines=${6} />`;
  return html`<div class="manage-stack"><section class="panel stack"><div class="row between wrap"><div><h2>${t("Gift cards and store credit")}</h2>
      <p class="quiet small">${t("Find one by the last signs of its code. Type the whole code and press Enter where a shopper stands before you with it.")}</p></div><${Issue} onMade=${load} /></div>
    <${Search} label=${t("Code, or its last signs")} value=${wanted.value} onInput=${typed} onSubmit=${load} />
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <${Table} cards caption=${t("Gift cards and store credit")} columns=${columns()} rows=${rows.value} onOpen=${(row) => open_card(row.id)}
      empty=${html`<${Empty} icon="gift" title=${wanted.value ? t("No card ends so") : t("No card yet")}>${t("Cards of a batch stand here once they are sold.")}<//>`} /></section>
    <${Batches} /><${Drawer} open=${Boolean(card.value)} title=${card.value?.card.hint ? t("Card {end}", { end: card.value.card.hint }) : t("Store credit")} onClose=${() => (card.value = null)}>
      ${card.value && html`<${Card} onChanged=${load} />`}<//></div>`;
}
