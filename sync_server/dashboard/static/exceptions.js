// What needs a person: each row says what happened and waits until a manager says how it was settled.
import { signal } from "@preact/signals";
import { dateTime, money, number, quantity } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Badge, Button, Dialog, Field, html, Status, toast } from "kit/ui.js";
import { close, replay } from "./cases.js";
import { caseKind, word } from "./words.js";

const REASON_MIN = 3;
const chosen = signal(null);
const reason = signal("");
const refusal = signal("");
const busy = signal(0);

const AMOUNTS = ["total", "change", "unit_price", "tax", "sum", "gift_card", "store_credit", "less", "card_load"];
const FIGURES = {
  total: () => t("Total"), change: () => t("Change"), unit_price: () => t("Price"), tax: () => t("Tax"), sum: () => t("Sum of the lines"),
  points: () => t("Points"), points_sum: () => t("Points of the lines"), quantity: () => t("Quantity"), item: () => t("Product"),
  tax_code: () => t("Tax rate"), rate: () => t("Tax rate"), taxes: () => t("Taxes"), currency: () => t("Currency"), card: () => t("Card"), cart: () => t("Cart"),
  first: () => t("First purchase"), tier: () => t("Tier"),
  returned: () => t("Came back"), refunds: () => t("Given back"), sale: () => t("Sale"), gift_card: () => t("Gift card"), store_credit: () => t("Store credit"),
  less: () => t("Kept for points that were spent"),
  card_load: () => t("Gift card sold"), points_unapproved: () => t("Points that nobody allowed"),
};

const UNPAID = {
  "loyalty.allowance_forged": () => t("not signed by the hub"), "loyalty.allowance_missing": () => t("not signed by the hub"),
  "loyalty.allowance_elsewhere": () => t("set aside at another terminal"), "loyalty.allowance_visit": () => t("set aside for another visit"),
  "loyalty.allowance_over": () => t("used after their time"), "loyalty.allowance_short": () => t("more than was allowed"),
  "loyalty.allowance_used": () => t("used once already, or given back"), "stored_value.hold_gone": () => t("not set aside any more"),
  "card_load.not_paid": () => t("not paid in full: nothing put on it"), "tender.card_for_card": () => t("not paid in cash: nothing put on it"),
  "stored_value.unknown": () => t("no such card: nothing put on it"), "stored_value.blocked": () => t("blocked: nothing put on it"),
  "stored_value.over": () => t("no longer valid: nothing put on it"), "stored_value.full": () => t("full: nothing put on it"),
};

function figure(what, value, currency) {
  if (UNPAID[value]) return UNPAID[value]();
  if (value === null || value === undefined) return t("unknown here");
  if (what === "returned") return quantity(value);
  // What went back to each way to pay, in its order.
  if (what === "refunds") return value.map((one) => money({ amount: one.amount, currency })).join(" + ");
  if (AMOUNTS.includes(what) && Number.isInteger(value)) return money({ amount: value, currency });
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return Number.isInteger(value) ? number(value) : String(value);
}

async function settle() {
  const words = reason.value.trim();
  if (words.length < REASON_MIN) {
    refusal.value = t("Say in a few words how it was settled.");
    return;
  }
  busy.value = chosen.value.id;
  const refused = await close(chosen.value.id, words);
  busy.value = 0;
  if (refused) refusal.value = sentence(refused);
  else {
    chosen.value = null;
    toast({ kind: "good", text: t("Settled and noted.") });
  }
}

async function again(row) {
  busy.value = row.id;
  const refused = await replay(row.id);
  busy.value = 0;
  if (refused) toast({ kind: "trouble", text: sentence(refused) });
  else toast({ kind: "good", text: t("Carried out. The case is settled.") });
}

function open(row) {
  [reason.value, refusal.value] = ["", ""];
  chosen.value = row;
}

function Row({ row, currency }) {
  const [kind, advice] = caseKind(row.kind);
  return html`<li class="exception">
    <div class="stack-2">
      <p class="row wrap"><${Badge} kind="attention">${kind}<//><span class="quiet small">${dateTime(row.at)}</span></p>
      <p><strong>${t(row.message, row.params)}</strong></p>
      ${row.error && html`<p class="quiet small">${sentence(row.error)}</p>`}
      ${row.figures.map((one) => one.what === "paid" ? html`<p class="quiet small">${t("{goods}, also in sale {number}", { goods: word(one.sold), number: one.derived })}</p>`
        : html`<p class="quiet small amount">${FIGURES[one.what]?.() ?? one.what}:
        ${" "}${t("at the till {sold}, by the hub {derived}", { sold: figure(one.what, one.sold, currency), derived: figure(one.what, one.derived, currency) })}</p>`)}
      <p class="small">${advice}</p>
      ${row.tried && html`<p class="tried small">${t("{name} tried again at {time}: {why}",
        { name: word(row.tried.by), time: dateTime(row.tried.at), why: sentence(row.tried.error) })}</p>`}
    </div>
    <div class="exception-actions">
      ${row.replayable && html`<${Button} icon="refresh-cw" busy=${busy.value === row.id} onClick=${() => again(row)}>${t("Carry out again")}<//>`}
      <${Button} onClick=${() => open(row)}>${t("Settle")}<//></div></li>`;
}

function Dialogue() {
  return html`<${Dialog} open=${chosen.value !== null} title=${t("How was it settled?")} onClose=${() => (chosen.value = null)}
    actions=${html`<${Button} kind="primary" busy=${busy.value !== 0} onClick=${settle}>${t("Settle")}<//>`}>
    <div class="stack"><p>${chosen.value && t(chosen.value.message, chosen.value.params)}</p>
    <${Field} label=${t("In your words")} value=${reason.value} error=${refusal.value} autofocus maxlength="400"
      hint=${t("It is kept with your name and cannot be changed later.")} onInput=${(value) => (reason.value = value)} /></div>
  <//>`;
}

/** Open cases of the store, oldest first; none is a calm sentence. `waiting` counts them all. */
export function Exceptions({ rows, waiting, currency }) {
  const shown = Object.values(rows).sort((one, other) => one.id - other.id);
  return html`<section class="panel stack"><h2 class="row">${t("Needs a person")}
      ${waiting > 0 && html`<${Badge} kind="attention">${number(waiting)}<//>`}</h2>
    ${shown.length
      ? html`<p class="quiet small">${t("Nothing here is settled by itself, and nothing expires.")}</p>
          <ul class="exceptions">${shown.map((row) => html`<${Row} key=${row.id} row=${row} currency=${currency} />`)}</ul>`
      : html`<${Status} kind="good" label=${t("Nothing waits")} />`}
    ${waiting > shown.length && html`<p class="quiet small">${t("These are the oldest {shown} of {all}.", { shown: number(shown.length), all: number(waiting) })}</p>`}
    <${Dialogue} /></section>`;
}

/** The cases that were settled last: how, by whom, when and why. */
export function Settled({ rows }) {
  const newest = Object.values(rows).sort((one, other) => other.closed_at - one.closed_at || other.id - one.id);
  if (!newest.length) return null;
  return html`<details class="panel settled"><summary>${t("Settled lately")} <span class="quiet amount">${number(newest.length)}</span></summary>
    <ul class="exceptions">${newest.map((row) => html`<li key=${row.id} class="exception"><div class="stack-2">
      <p>${t(row.message, row.params)}</p>
      <p class="small">${row.how === "replayed" ? t("Carried out again.") : t("“{reason}”", { reason: row.reason })}</p>
      <p class="quiet small">${t("{name}, {time}", { name: word(row.by), time: dateTime(row.closed_at) })}</p></div></li>`)}</ul></details>`;
}
