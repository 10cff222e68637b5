// Store credit: what can be spent at any till, until when, and every number down to its entries in the ledger.
import { signal } from "@preact/signals";
import { date, dateTime, money } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Badge, Button, Empty, html, Loading } from "kit/ui.js";
import { open } from "./gate.js";
import { shopper } from "./live.js";

const found = signal(null);
const failed = signal(false);

async function load() {
  try {
    const answer = await fetch("/v1/credit", { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    found.value = (await answer.json()).accounts;
    failed.value = false;
  } catch {
    failed.value = true;
  }
}

const WORDS = {
  load: () => t("Paid in"), hold: () => t("Held at the till"), void: () => t("Not used, it is back"), capture: () => t("Paid with it"),
  refund: () => t("Given back for returned goods"), expire: () => t("Expired"), adjust: () => t("Put right by the shop"),
};

// What was set aside before it was paid has left already: then the amount itself is told.
function Change({ row, currency }) {
  const sign = row.available > 0 ? "+" : row.available < 0 ? "\u2212" : "";
  return html`<b class="amount">${sign}${money({ amount: Math.abs(row.available || row.amount), currency })}</b>`;
}

function Account({ one }) {
  const say = (amount) => money({ amount, currency: one.currency });
  return html`<section class="panel stack-2"><p class="points"><span class="points-figure amount">${say(one.available)}</span></p>
      ${one.held > 0 && html`<p class="quiet small">${t("{amount} more is set aside for a payment.", { amount: say(one.held) })}</p>`}
      <p class="quiet small">${one.expires_at ? t("Good until {day}.", { day: date(one.expires_at - 1) }) : t("It has no end.")}</p>
      ${one.blocked && html`<${Badge} icon="lock">${t("Blocked. Ask in the shop.")}<//>`}
      <ul class="entries">${one.entries.map((row) => html`<li key=${row.key}><span class="grow">${WORDS[row.kind]?.() ?? row.kind}<span class="quiet small">${dateTime(row.at)}${
        row.number && html` · <a href=${`/orders/${row.sale}`}>${row.number}</a>`}</span></span><${Change} row=${row} currency=${one.currency} /></li>`)}</ul></section>`;
}

function Credit() {
  const heading = html`<h1>${t("Store credit")}</h1>`;
  if (!found.value && failed.value) {
    return html`${heading}<${Empty} icon="wifi-off" title=${t("Details need a connection.")} action=${html`<${Button} onClick=${load}>${t("Try again")}<//>`} />`;
  }
  if (!found.value) return html`${heading}<${Loading} lines=${4} />`;
  if (!found.value.length) {
    return html`${heading}<${Empty} icon="wallet" title=${t("No store credit")}>${t("What a till gives back as credit stands here, and pays at every till with your card.")}<//>`;
  }
  return html`${heading}<p class="quiet">${t("It pays at every till: show your card.")}</p>${found.value.map((one) => html`<${Account} key=${one.id} one=${one} />`)}`;
}

open(Credit, { icon: "wallet", title: t("Sign in to see your store credit"), text: t("What was given back to you as credit, and what you paid with it.") });
if (shopper) load();
