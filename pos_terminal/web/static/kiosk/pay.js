// Identifying oneself, and how one pays: at any till, which finds this basket by the shopper's card.
import { Amount, Button, html, Icon, Keypad } from "kit/ui.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { createEntry, keyOf } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { Message } from "../shared/message.js";
import { act, amount, in_hand, shopper, totals } from "../shared/till.js";
import { named } from "../shared/words.js";
import { Foot } from "./foot.js";
import { go, home, kept } from "./place.js";

const CARD_MAX_CHARS = 13;
export const card = createEntry({ max_chars: CARD_MAX_CHARS });

async function identify(then) {
  if (await act("attach", { card: card.text.value }) !== null) {
    card.clear();
    then();
  }
}

function CardEntry({ then }) {
  useKeys((event) => {
    const key = keyOf(event);
    if (key && key !== ".") card.press(key);
    else if (event.key === "Enter") identify(then);
    else return false;
    return true;
  });
  return html`<div class="card-entry"><output class="typed amount text-32" aria-live="polite">${card.text.value || html`<span class="quiet">${t("Number on the card")}</span>`}</output>
    <${Keypad} layout="number" onKey=${card.press} /></div>`;
}

const confirm = (then) => html`<${Button} kind="primary" size="large" full disabled=${!card.text.value} onClick=${() => identify(then)}>${t("Use this card")}<//>`;

export function Card() {
  return html`<main class="page"><div class="page-top"><${Message} closable=${false} calm=${t("With your card you earn points, and your phone shows this basket.")} />
      <h1>${t("Scan your card, or type its number")}</h1></div>
    <div class="page-middle"><${CardEntry} then=${home} /></div>
    <${Foot} back=${{ onClick: home }}>${confirm(home)}<//></main>`;
}

function leave() {
  kept.value = { name: shopper.value.name, count: in_hand.value.length, total: amount(totals.value.in_hand) };
  return act("pay_at_till");
}

const step = (icon, text) => html`<li key=${icon} class="row"><span class="step-mark"><${Icon} name=${icon} size="large" /></span><p class="grow">${text}</p></li>`;

/** Only cash and a till take money yet: this page says how, and lets go of the goods so that any till can take them. */
export function Pay() {
  const sum = totals.value;
  const known = shopper.value;
  const head = html`<div class="page-top"><${Message} closable=${false} calm="" /><h1>${known ? t("Pay at any till") : t("Scan your card, so that the till finds your basket")}</h1></div>`;
  const total = html`<div class="sum"><span class="quiet">${tn("{n} line", "{n} lines", in_hand.value.length)}</span><span class="quiet grow end">${t("Total")}</span>
    <${Amount} value=${amount(sum.in_hand)} size=${48} strong /></div>`;
  if (!known) {
    return html`<main class="page">${head}<div class="page-middle"><${CardEntry} then=${() => go("pay")} />
        <p class="quiet">${t("Without a card, take your goods to a till: the cashier scans them for you.")}</p></div>
      <${Foot} back=${{ onClick: home }}>${confirm(() => go("pay"))}<//></main>`;
  }
  return html`<main class="page">${head}<div class="page-middle pay"><ul class="steps">
      ${step("shopping-bag", t("Take your goods and go to any till."))}
      ${step("credit-card", t("Show your card there, or its code on your phone."))}
      ${step("receipt", t("The cashier sees this basket at once and takes your payment."))}</ul>
      ${sum.points > 0 && html`<p class="earn row"><${Icon} name="star" />${tn("Paying earns you {n} point.", "Paying earns you {n} points.", sum.points, { n: number(sum.points) })}</p>`}
      ${sum.reaches && html`<p class="earn row"><${Icon} name="star" />${t("Paying makes you {tier}", { tier: named(sum.reaches) })}</p>`}${total}</div>
    <${Foot} back=${{ onClick: home }}><${Button} kind="primary" size="large" full icon="check" onClick=${leave}>${t("I am going to the till")}<//><//></main>`;
}
