// Goods that come back: what of a receipt, why, and what is given back for it. The till computes; this page shows.
import { useEffect, useState } from "preact/hooks";
import { Amount, Badge, Button, html, Icon, Loading, Stepper, Switch } from "kit/ui.js";
import { dateTime } from "kit/format.js";
import { t } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { Message } from "../shared/message.js";
import { act, amount, link, returning } from "../shared/till.js";
import { countOf, named, refundWay } from "../shared/words.js";

const GIVE_ANYWAY_MS = 3000;
const PIECE = 1000;

const words = () => ({
  not_wanted: t("Not wanted"), does_not_fit: t("Does not fit"), damaged: t("Damaged"), wrong_goods: t("Wrong goods"), other: t("Something else"),
});

const choose = (line, to) => act("return_line", { line: line.id, quantity: to });
const anything = () => returning.value.lines.some((line) => line.chosen > 0);

function returningKey(event) {
  if (returning.value.asked_at) return event.key === "Enter";
  if (event.key === "Escape") act("return_cancel");
  else if (event.key === "F2") act("return_all");
  else if (event.key === "F6" && anything() && returning.value.cash) act("return_confirm", { exchange: true });
  else if (event.key === "Enter" && anything()) act("return_confirm", { exchange: false });
  else return false;
  return true;
}

function Count({ line }) {
  if (line.left === 0 && !line.chosen) return html`<${Badge} icon="undo-2">${t("came back")}<//>`;
  if (line.whole) {
    return html`<${Button} pressed=${line.chosen > 0} icon=${line.chosen ? "check" : undefined} onClick=${() => choose(line, line.chosen ? 0 : line.left)}>${countOf({ ...line, quantity: line.left })}<//>`;
  }
  return html`<${Stepper} value=${line.chosen} step=${PIECE} min=${0} max=${line.left} label=${t("How many of {name} come back", { name: named(line.names) })} onChange=${(to) => choose(line, to)} />`;
}

function Row({ line }) {
  const [sold, left] = [line.quantity, line.left].map((amount_of) => countOf({ ...line, quantity: amount_of }));
  return html`<li class=${`back-line ${line.chosen ? "chosen" : ""}`}>
    <div><p class="strong">${named(line.names)}</p>
      <p class="small quiet">${line.left === line.quantity ? t("{count} bought", { count: sold }) : t("{count} bought, {left} left", { count: sold, left })}${" · "}<${Amount}
        value=${amount(line.total)} size=${14} plain /></p></div>
    <${Count} line=${line} /><span class="back-worth"><${Amount} value=${amount(line.worth)} strong plain quiet=${!line.chosen} /></span>
    ${line.chosen > 0 && html`<${Switch} label=${t("Can be sold again")} checked=${line.restock} onChange=${(restock) => act("return_resold", { line: line.id, restock })} />`}</li>`;
}

function Reasons({ now }) {
  return html`<div><h3 class="group-word">${t("Why does it come back?")}</h3><div class="reasons" role="group" aria-label=${t("Why does it come back?")}>${now.reasons.map((id) => html`
    <${Button} key=${id} pressed=${now.reason === id} onClick=${() => act("return_reason", { reason: id })}>${words()[id] ?? id}<//>`)}</div></div>`;
}

function Refunds({ now }) {
  return html`<ul class="refunds">${now.refunds.map((one, i) => html`<li key=${i} class="row"><span class="grow">${refundWay(one)}</span><${Amount} value=${amount(one.amount)} strong /></li>`)}
    ${!now.refunds.length && html`<li class="quiet">${t("Choose what comes back: everything with F2, or the lines one by one.")}</li>`}</ul>`;
}

// What the hub will do, said before it is done.
function Ground({ now }) {
  if (!now.asks) return html`<p class="note attention"><${Icon} name="cloud-off" />${t("The hub cannot be asked: only what this till knows counts. Cash is given now; cards and points get theirs when the link is back.")}</p>`;
  if (!now.known) return html`<p class="note"><${Icon} name="info" />${t("The hub is asked when you confirm: somebody may have taken some of this back elsewhere.")}</p>`;
  return html`<p class="note"><${Icon} name="circle-check" />${t("The hub has said what came back of this before.")}</p>`;
}

function Asking({ since }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), GIVE_ANYWAY_MS);
    return () => clearTimeout(timer);
  }, [since]);
  const may = long || !link.value?.online;
  return html`<div class="asking-hub stack-2" role="status"><${Loading} lines=${2} label=${t("The hub is being asked")} /><p class="strong">${t("The hub is being asked. Give nothing back yet.")}</p>
    ${may && html`<p class="quiet">${t("It does not answer. You may give the cash without its word; should some of it have come back elsewhere, a manager hears of it.")}</p>
      <${Button} size="large" icon="banknote" onClick=${() => act("return_give")}>${t("Give the cash now")}<//>`}</div>`;
}

function Deeds({ now }) {
  const ready = anything();
  return html`<div class="return-deeds"><${Button} icon="check" keys="F2" onClick=${() => act("return_all")}>${t("Everything")}<//>
    <${Button} icon="arrow-up-down" keys="F6" disabled=${!ready || !now.cash} onClick=${() => act("return_confirm", { exchange: true })}>${t("Exchange for other goods")}<//>
    <${Button} kind="primary" size="large" icon="undo-2" keys="Enter" disabled=${!ready} onClick=${() => act("return_confirm", { exchange: false })}>
      ${t("Give back")} <${Amount} value=${amount(now.total)} size=${24} strong /><//></div>`;
}

export function Returning() {
  useKeys(returningKey);
  const now = returning.value;
  if (!now) return null;
  return html`<section class="shopper paying-head"><${Button} icon="arrow-left" keys="Esc" disabled=${Boolean(now.asked_at)} onClick=${() => act("return_cancel")}>${t("Back")}<//>
      <p class="grow end"><span class="strong">${t("Receipt {number}", { number: now.sale.number })}</span> <span class="quiet small">${dateTime(now.sale.at)}</span></p></section>
    <${Message} calm=${t("What comes back? Look at the goods, choose them, press Enter.")} />
    <main class="due-side back-side"><ul class="back-lines" aria-label=${t("On the receipt")}>${now.lines.map((line) => html`<${Row} key=${line.id} line=${line} />`)}</ul></main>
    <div class="right return-side">${now.asked_at ? html`<${Asking} since=${now.asked_at} />` : html`<${Reasons} now=${now} /><${Ground} now=${now} />`}
      <div class="return-sum"><p class="between row"><span class="quiet">${t("Given back")}</span><${Amount} value=${amount(now.total)} size=${48} strong /></p><${Refunds} now=${now} /></div>
      ${!now.asked_at && html`<${Deeds} now=${now} />`}</div>`;
}
