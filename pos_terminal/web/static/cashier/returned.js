// The return is kept: what to give back, as large as it gets; and what is left of it while new goods are chosen.
import { Amount, Button, html, Icon, Status } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { act, amount, credit, last_return } from "../shared/till.js";
import { printState, refundWay } from "../shared/words.js";

const next = () => act("return_done");

function returnedKey(event) {
  if (event.key === "F7") return copy(), true;
  if (event.key !== "Enter" && event.key !== "Escape" && event.key !== " ") return false;
  next();
  return true;
}

const copy = () => act("return_slip", { document: last_return.value.id });

function word(done) {
  if (done.exchange && done.cash) return t("Waits for the new goods");
  return done.cash ? t("Give back in cash") : t("Nothing to give back in cash");
}

export function Returned() {
  useKeys(returnedKey);
  const done = last_return.value;
  if (!done) return null;
  const job = printState(done.print);
  return html`<main class="sale-done"><span class="done-mark"><${Icon} name="undo-2" size="large" /></span>
    <p class="done-word">${word(done)}</p>
    <p class="done-change amount"><${Amount} value=${amount(done.cash)} size=${48} strong /></p>
    ${done.less > 0 && html`<p class="row">${t("Kept for points that were spent")} <${Amount} value=${amount(done.less)} strong /></p>`}
    ${done.elsewhere.map((one, i) => html`<p key=${i} class="row">${done.unasked ? t("When the link is back: {way}", { way: refundWay(one) }) : refundWay(one)} <${Amount} value=${amount(one.amount)} strong /></p>`)}
    <p class="row done-facts quiet"><span>${t("Return {number}", { number: done.number })}</span><${Status} kind=${job.kind} icon="printer" label=${job.text} />
      <${Button} size="small" icon="printer" keys="F7" onClick=${copy}>${t("Copy")}<//></p>
    <${Button} size="large" kind="primary" keys="Enter" onClick=${next}>${done.exchange && done.cash ? t("Scan the new goods") : t("Next shopper")}<//></main>`;
}

/** What was given back for an exchange, until goods are paid with it. */
export function CreditStrip() {
  const one = credit.value;
  return one && html`<p class="hint credit row"><${Icon} name="undo-2" /><span class="grow">${t("From return {number}: pays the new goods", { number: one.number })}</span>
    <${Amount} value=${amount(one.amount)} strong /><${Button} size="small" onClick=${() => act("credit_pay")}>${t("Pay it out")}<//></p>`;
}
