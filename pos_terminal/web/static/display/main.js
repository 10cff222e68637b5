// The shopper's second screen: what the till has heard, what it costs, and the change. Nothing to touch.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Amount, Badge, Empty, html, Icon, Line, Lines, Loading, render } from "kit/ui.js";
import { money, number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { Picture } from "../shared/picture.js";
import { amount, approval, cards, followLanguage, in_hand, last_sale, payment, phase, ready, shopper, store, totals } from "../shared/till.js";
import { countOf, isMeasured, lessOf, named, unitPrice } from "../shared/words.js";

const THANKS_MS = 12_000;
const thanking = signal(false);

followLanguage();
// The change stays to be read after the cashier went on, until the next thing is scanned.
effect(() => {
  if (phase.value !== "done") return undefined;
  thanking.value = true;
  const timer = setTimeout(() => { thanking.value = false; }, THANKS_MS);
  return () => { if (in_hand.peek().length) clearTimeout(timer); };
});

const isBuying = () => in_hand.value.length > 0 || cards.value?.length > 0;

function Row({ line }) {
  return html`<${Line} title=${named(line.names)} total=${amount(line.total)} ...${lessOf(line, totals.value.currency)} pending=${line.pending} picture=${line.picture ? `/pictures/${line.picture}.svg` : undefined}
    note=${isMeasured(line) || line.quantity !== 1000 ? `${countOf(line)} × ${unitPrice(line, totals.value.currency)}` : ""} />`;
}

function Who() {
  const one = shopper.value;
  if (!one) return html`<p class="quiet">${t("Your card, please, if you have one.")}</p>`;
  return html`<p class="row"><span class="strong">${one.name}</span>${one.tier && html`<${Badge} icon="star">${named(one.tier)}<//>`}${one.points !== null && html`<${Badge} kind="accent" icon="star">${tn("{n} point", "{n} points", one.points, { n: number(one.points) })}<//>`}</p>`;
}

function Welcome() {
  return html`<main class="display welcome"><${Icon} name="shopping-bag" size="large" /><h1>${t("Welcome")}</h1><p class="quiet">${named(store.value?.names)}</p></main>`;
}

function Thanks() {
  const sale = last_sale.value;
  const value = (minor) => ({ amount: minor, currency: sale.currency });
  return html`<main class="display welcome"><p class="quiet">${sale.change ? t("Your change") : t("Paid")}</p>
    <p class="huge"><${Amount} value=${value(sale.change || sale.total)} size=${48} strong /></p>
    ${sale.points > 0 && html`<p>${tn("You earned {n} point.", "You earned {n} points.", sale.points)}</p>`}
    ${sale.reached && html`<p><${Badge} kind="accent" icon="star">${t("You have reached {tier}", { tier: named(sale.reached) })}<//></p>`}<h1>${t("Thank you, and see you soon")}</h1></main>`;
}

function Paying() {
  const { due, rounding, paid, left } = payment.value;
  return html`<dl class="paying"><div><dt>${t("To pay")}</dt><dd><${Amount} value=${amount(due)} size=${32} /></dd></div>
    ${rounding ? html`<div><dt>${t("Cash rounding")}</dt><dd><${Amount} value=${amount(rounding)} size=${20} /></dd></div>` : null}
    <div><dt>${t("Paid")}</dt><dd><${Amount} value=${amount(paid)} size=${32} /></dd></div>
    <div class="strong"><dt>${t("Left to pay")}</dt><dd><${Amount} value=${amount(left)} size=${48} strong /></dd></div></dl>`;
}

function Allow() {
  const { points, amount: worth, number: shown } = approval.value;
  return html`<div class="newest allow" role="status"><p class="strong">${tn("Please allow {n} point ({amount}) on your phone.", "Please allow {n} points ({amount}) on your phone.", points,
    { n: number(points), amount: money(amount(worth)) })}</p><p class="quiet">${t("Number")}</p><output class="amount huge-number">${shown}</output></div>`;
}

function Cart() {
  const list = in_hand.value;
  const frame = useRef(null);
  useEffect(() => { frame.current?.querySelector(".line:last-child")?.scrollIntoView({ block: "nearest" }); }, [list.length, cards.value?.length]);
  const newest = list.at(-1);
  return html`<main class="display cart"><section class="shown" ref=${frame}><${Lines} label=${t("Your basket")} follow>${list.map((line) => html`<${Row} key=${line.id} line=${line} />`)}
      ${(cards.value ?? []).map((one) => html`<${Line} key=${one.id} title=${t("Gift card {hint}", { hint: one.hint })} total=${amount(one.amount)} />`)}<//></section>
    <aside class="said"><${Who} />${approval.value ? html`<${Allow} />` : html`<div class="newest">${newest && html`<${Picture} key=${newest.picture} of=${newest} />`}</div>`}
      ${payment.value ? html`<${Paying} />` : html`<div><p class="quiet">${t("Total")}</p><${Amount} value=${amount(totals.value.in_hand)} size=${48} strong />
        ${totals.value.off > 0 && html`<p class="saved">${t("You save")} <${Amount} value=${amount(totals.value.off)} plain /></p>`}
        ${totals.value.points > 0 && shopper.value && html`<p class="quiet">${tn("Earns {n} point", "Earns {n} points", totals.value.points)}</p>`}
        ${totals.value.reaches && html`<p><${Badge} kind="accent" icon="star">${t("Paying makes you {tier}", { tier: named(totals.value.reaches) })}<//></p>`}</div>`}</aside></main>`;
}

function Display() {
  if (!ready.value) return html`<main class="display welcome"><${Loading} /></main>`;
  if (isBuying()) return html`<${Cart} />`;
  if (last_sale.value && thanking.value) return html`<${Thanks} />`;
  if (phase.value === "needs_hub") return html`<main class="display welcome"><${Empty} icon="clock" title=${t("Opening soon")} /></main>`;
  return html`<${Welcome} />`;
}

render(html`<${Display} />`, document.getElementById("app"));
