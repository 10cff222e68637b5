// Paying is one page: what is due, what was given, what is left.
import { Amount, Button, html, Keypad } from "kit/ui.js";
import { money, number } from "kit/format.js";
import { N_, t, tn } from "kit/i18n.js";
import { createEntry, decimals, keyOf, minor } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { dismiss, Message, speaking } from "../shared/message.js";
import { act, amount, asking, link, payment, shopper, show, totals } from "../shared/till.js";
import { dialog } from "./desk.js";

const CASH_MAX_CHARS = 10;
const NOTE_KEYS = ["F1", "F2", "F3", "F4", "F5", "F6"];

const FROM = { F10: "points", F11: "store_credit" };

/** The cash that is being typed, in whole units with a point. */
export const cash = createEntry({ max_chars: CASH_MAX_CHARS });

const give = (given) => {
  cash.clear();
  return act("tender", { kind: "cash", amount: given });
};

// Enter alone takes exactly what is left; should a full disk have refused the sale, it tries to commit again.
function submit() {
  const { left, currency } = payment.value;
  const typed = cash.text.value;
  if (!typed) return left > 0 ? give(left) : act("pay_commit");
  const given = minor(typed, decimals(currency));
  if (!given) return show({ code: "page.amount", message: N_("This amount cannot be right. Type it again.") });
  return give(given);
}

function escape() {
  if (cash.text.value) cash.clear();
  else if (speaking()) dismiss();
  else act("pay_cancel");
}

function removeLast() {
  const last = payment.value.tenders.at(-1);
  if (last) act("tender_remove", { n: last.n });
}

function payingKey(event) {
  const key = keyOf(event);
  const note = payment.value?.suggested[NOTE_KEYS.indexOf(event.key)];
  if (key) cash.press(key);
  else if (note !== undefined) give(note);
  else if (event.key === "Enter") submit();
  else if (event.key === "Escape") escape();
  else if (event.key === "Delete") removeLast();
  else if (event.key === "F9") dialog.value = "gift_card";
  else if (FROM[event.key] && shopper.value) act("pay_from", { kind: FROM[event.key] });
  else return false;
  return true;
}

const wayOf = (one) => ({
  cash: () => (one.hint ? t("From return {number}", { number: one.hint }) : t("Cash")), gift_card: () => t("Gift card {hint}", { hint: one.hint }), store_credit: () => t("Store credit"),
  points: () => tn("{n} point", "{n} points", one.points, { n: number(one.points) }),
}[one.kind]());

/** What the hub has let this till take should it be away, in one sentence. */
function WithoutHub() {
  const found = payment.value.allowed;
  if (!shopper.value || link.value?.online !== false) return null;
  return html`<p class="small quiet without-hub" role="status">${found
    ? tn("Without the hub {n} point can pay {amount} here.", "Without the hub {n} points can pay {amount} here.", found.points, { n: number(found.points), amount: money(amount(found.amount)) })
    : t("Without the hub no points can pay now. Take cash.")}</p>`;
}

/** Ways to pay that the hub is asked for; each takes what is left, or as much as is there. */
function OtherWays() {
  const one = shopper.value;
  const busy = Boolean(asking.value);
  const from = (kind) => () => act("pay_from", { kind });
  return html`<div class="row ways" role="group" aria-label=${t("Other ways to pay")}>
    <${Button} icon="gift" keys="F9" busy=${asking.value === "gift_card"} disabled=${busy} onClick=${() => { dialog.value = "gift_card"; }}>${t("Gift card")}<//>
    ${one && html`<${Button} icon="star" keys="F10" busy=${asking.value === "points"} disabled=${busy || !(one.points || payment.value.allowed)} onClick=${from("points")}>${t("Points")}<//>
      <${Button} icon="wallet" keys="F11" busy=${asking.value === "store_credit"} disabled=${busy} onClick=${from("store_credit")}>${t("Credit")}<//>`}</div>`;
}

function Tenders() {
  const { tenders } = payment.value;
  return html`<ul class="tenders">${tenders.map((one) => html`<li key=${one.n} class="row"><span class="grow">${wayOf(one)}</span>
    <${Amount} value=${amount(one.amount)} strong /><${Button} kind="quiet" icon="x" label=${t("Take back")}
      onClick=${() => act("tender_remove", { n: one.n })} /></li>`)}</ul>`;
}

function Notes() {
  const { suggested } = payment.value;
  return html`<div class="notes" role="group" aria-label=${t("Suggested amounts")}>${suggested.slice(0, NOTE_KEYS.length).map((one, i) => html`
    <${Button} key=${one} size="large" keys=${NOTE_KEYS[i]} onClick=${() => give(one)}><${Amount} value=${amount(one)} size=${20} strong /><//>`)}</div>`;
}

function Typed() {
  const { left, change, currency } = payment.value;
  const typed = cash.text.value;
  const digits = decimals(currency);
  const given = minor(typed, digits);
  return html`<p class="typed-cash"><span class="quiet">${typed ? t("Cash given") : left ? t("Exactly") : t("Change")}</span>
    ${typed && given === null ? html`<output class="amount text-32">${typed}</output>`
      : html`<output class="amount"><${Amount} value=${amount(typed ? given : left || change)} size=${32} strong quiet=${!typed} /></output>`}</p>`;
}

export function Paying() {
  useKeys(payingKey);
  const { due, left, rounding } = payment.value;
  return html`<section class="shopper paying-head"><${Button} icon="arrow-left" keys="Esc" onClick=${() => act("pay_cancel")}>${t("Back to the cart")}<//>
      <p class="quiet grow end">${t("Lines in hand: {count}", { count: number(totals.value.count) })}</p></section>
    <${Message} calm=${t("Count the cash, type it and press Enter. Enter alone: exactly what is left.")} />
    <main class="due-side"><div class="due"><p class="quiet">${t("To pay")}</p><${Amount} value=${amount(due)} size=${48} strong /></div>
      ${rounding ? html`<p class="row rounding"><span class="quiet grow">${t("Cash rounding")}</span><${Amount} value=${amount(rounding)} size=${20} /></p>` : null}
      <${Tenders} /><${OtherWays} /><${WithoutHub} />
      <div class="due left"><p class="quiet">${t("Left to pay")}</p><${Amount} value=${amount(left)} size=${48} strong /></div></main>
    <div class="right cash-side"><${Notes} /><${Typed} /><${Keypad} layout="amount" onKey=${cash.press} />
      <div class="row cash-deeds"><${Button} icon="delete" label=${t("Delete the last digit")} disabled=${!cash.text.value} onClick=${() => cash.press("back")} />
        <${Button} kind="primary" size="large" icon="banknote" keys="Enter" full onClick=${submit}>${left || cash.text.value ? t("Take cash") : t("Finish the sale")}<//></div></div>`;
}
