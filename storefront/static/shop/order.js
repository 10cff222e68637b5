// One order: what it was and its receipt, drawn from the same document that the till printed.
import { boot } from "kit/boot.js";
import { locale, t, tn } from "kit/i18n.js";
import { dateTime, quantity } from "kit/format.js";
import { Amount, Badge, Button, Empty, html, Icon, Loading, Paper } from "kit/ui.js";
import { open } from "./gate.js";
import { account, ready } from "./live.js";

/** Goods of this order that were taken back, each time with what was given back for them. */
function CameBack({ order }) {
  return (order.returns ?? []).map((one) => html`<section key=${one.id} class="panel came-back">
    <p class="row between"><b class="row"><${Icon} name="undo-2" />${t("Came back")}</b><${Amount} value=${{ amount: -one.total, currency: order.currency }} strong /></p>
    <p class="quiet small">${dateTime(one.at, order.zone)} · ${t("No. {number}", { number: one.number })}</p>
    <ul>${one.lines.map((line, i) => html`<li key=${i} class="row between small"><span>${quantity(line.quantity)} × ${line.names[locale] ?? line.names.en}</span>
      <${Amount} value=${{ amount: line.total, currency: order.currency }} /></li>`)}</ul></section>`);
}

function Order() {
  const live = account.value?.orders?.[boot.order_id];
  // The page brought the receipt with its codes; what came back since is newer than the page.
  const order = boot.order ? { ...boot.order, returns: live?.returns ?? boot.order.returns } : live;
  if (!order) {
    return ready.value ? html`<${Empty} icon="receipt" title=${t("This order is not on this phone")}>
      ${t("It is shown as soon as there is a connection.")}<//>` : html`<${Loading} lines=${6} />`;
  }
  return html`<header class="order-head"><${Button} kind="quiet" icon="arrow-left" label=${t("All orders")} href="/orders" />
      <div class="grow"><h1>${order.store[locale] ?? order.store.en}</h1>
      <p class="quiet small">${dateTime(order.at, order.zone)} · ${t("No. {number}", { number: order.number })}</p></div></header>
    <section class="panel order-sum"><div><p class="quiet small">${t("Paid")}</p>
      <${Amount} value=${{ amount: order.total, currency: order.currency }} size=${32} strong /></div>
      ${order.points > 0 && html`<${Badge} kind="accent" icon="star">${tn("+{n} point", "+{n} points", order.points)}<//>`}</section>
    <${CameBack} order=${order} />
    <p><${Button} icon="circle-question-mark" href=${`/r/${order.id}`}>${t("Why these prices")}<//></p>
    ${order.receipt?.blocks && html`<div class="receipt"><${Paper} doc=${order.receipt} /></div>`}`;
}

open(Order, { icon: "receipt", title: t("Sign in to see your orders"), text: t("Every receipt in one place, from every shop.") });
