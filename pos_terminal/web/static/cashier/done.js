// The sale is kept: the change, as large as it gets.
import { Amount, Badge, Button, html, Icon, Status } from "kit/ui.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { act, last_sale } from "../shared/till.js";
import { named, printState } from "../shared/words.js";

const next = () => act("next");

function doneKey(event) {
  if (event.key !== "Enter" && event.key !== "Escape" && event.key !== " ") return false;
  next();
  return true;
}

export function Done() {
  useKeys(doneKey);
  const sale = last_sale.value;
  if (!sale) return null;
  const value = (minor) => ({ amount: minor, currency: sale.currency });
  const job = printState(sale.print);
  return html`<main class="sale-done"><span class="done-mark"><${Icon} name="check" size="large" /></span>
    <p class="done-word">${sale.change ? t("Change") : t("Paid exactly")}</p>
    <p class="done-change amount">${sale.change ? html`<${Amount} value=${value(sale.change)} size=${48} strong />` : html`<${Amount} value=${value(sale.total)} size=${48} strong />`}</p>
    <p class="row done-facts quiet"><span>${t("Sale {number}", { number: sale.number })}</span><span class="amount">${t("Paid")} <${Amount} value=${value(sale.paid)} /></span>
      ${sale.points > 0 && html`<span>${tn("+{n} point", "+{n} points", sale.points, { n: number(sale.points) })}</span>`}
      ${sale.reached && html`<${Badge} kind="accent" icon="star">${t("New level: {tier}", { tier: named(sale.reached) })}<//>`}
      <${Status} kind=${job.kind} icon="printer" label=${job.text} /></p>
    ${sale.cards_wait && html`<p class="row done-facts"><${Status} kind="attention" icon="gift" label=${t("The gift card is live as soon as this sale reaches the hub.")} /></p>`}
    <${Button} size="large" kind="primary" keys="Enter" onClick=${next}>${t("Next shopper")}<//></main>`;
}
