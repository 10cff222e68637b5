// What needs a person: each row says what happened and waits until a manager says how it was settled.
import { signal } from "@preact/signals";
import { dateTime, money, number } from "kit/format.js";
import { N_, sentence, t } from "kit/i18n.js";
import { Badge, Button, Dialog, Field, html, Status, toast } from "kit/ui.js";

const REASON_MIN = 3;
const chosen = signal(null);
const reason = signal("");
const refusal = signal("");
const busy = signal(false);

const AWAY = { message: N_("The hub does not answer. Check the network and try again."), params: {} };
const AMOUNTS = ["total", "change", "unit_price", "tax", "sum"];
const FIGURES = {
  total: () => t("Total"), change: () => t("Change"), unit_price: () => t("Price"), tax: () => t("Tax"), sum: () => t("Sum of the lines"),
  points: () => t("Points"), points_sum: () => t("Points of the lines"), quantity: () => t("Quantity"), item: () => t("Product"),
  tax_code: () => t("Tax rate"), rate: () => t("Tax rate"), taxes: () => t("Taxes"), currency: () => t("Currency"), card: () => t("Card"), cart: () => t("Cart"),
};

function figure(what, value, currency) {
  if (value === null || value === undefined) return t("unknown here");
  if (AMOUNTS.includes(what) && Number.isInteger(value)) return money({ amount: value, currency });
  return Number.isInteger(value) ? number(value) : String(value);
}

async function close() {
  if (reason.value.trim().length < REASON_MIN) {
    refusal.value = t("Say in a few words how it was settled.");
    return;
  }
  busy.value = true;
  try {
    const answer = await fetch(`/manage/exceptions/${chosen.value.id}/close`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ reason: reason.value.trim() }),
    });
    if (answer.ok) {
      chosen.value = null;
      toast({ kind: "good", text: t("Settled and noted.") });
    } else refusal.value = sentence((await answer.json()).error ?? AWAY);
  } catch {
    refusal.value = sentence(AWAY);
  }
  busy.value = false;
}

function open(row) {
  [reason.value, refusal.value] = ["", ""];
  chosen.value = row;
}

function Row({ row, currency }) {
  return html`<li class="exception row between">
    <div class="stack-2">
      <p><strong>${t(row.message, row.params)}</strong></p>
      ${row.error && html`<p class="quiet small">${sentence(row.error)}</p>`}
      ${row.figures.map((one) => html`<p class="quiet small amount">${FIGURES[one.what]?.() ?? one.what}:
        ${" "}${t("sold {sold}, here {derived}", { sold: figure(one.what, one.sold, currency), derived: figure(one.what, one.derived, currency) })}</p>`)}
      <p class="quiet small">${dateTime(row.at)}</p>
    </div>
    <${Button} onClick=${() => open(row)}>${t("Settle")}<//></li>`;
}

/** Open exceptions of the store, oldest first; none is a calm sentence. */
export function Exceptions({ rows, currency }) {
  const waiting = Object.values(rows).sort((one, other) => one.id - other.id);
  return html`<section class="panel stack"><h2 class="row">${t("Needs a person")}
      ${waiting.length > 0 && html`<${Badge} kind="attention">${number(waiting.length)}<//>`}</h2>
    ${waiting.length
      ? html`<ul class="exceptions">${waiting.map((row) => html`<${Row} key=${row.id} row=${row} currency=${currency} />`)}</ul>`
      : html`<${Status} kind="good" label=${t("Nothing waits")} />`}
    <${Dialog} open=${chosen.value !== null} title=${t("How was it settled?")} onClose=${() => (chosen.value = null)}
      actions=${html`<${Button} kind="primary" busy=${busy.value} onClick=${close}>${t("Settle")}<//>`}>
      <div class="stack"><p>${chosen.value && t(chosen.value.message, chosen.value.params)}</p>
      <${Field} label=${t("In your words")} value=${reason.value} error=${refusal.value} autofocus maxlength="400"
        hint=${t("It is kept with your name and cannot be changed later.")} onInput=${(value) => (reason.value = value)} /></div>
    <//></section>`;
}
