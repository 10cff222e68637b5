// What was bought, newest first; it grows while one looks, the moment a till has been paid.
import { locale, t, tn } from "kit/i18n.js";
import { dateTime } from "kit/format.js";
import { Amount, Badge, Empty, html, Icon, Loading } from "kit/ui.js";
import { open } from "./gate.js";
import { account, ready, status } from "./live.js";

/** What was bought, in a few words: goods, gift cards, or both. */
function what({ lines, loads = [] }) {
  const goods = lines.length ? [tn("{n} line", "{n} lines", lines.length)] : [];
  return [...goods, ...(loads.length ? [tn("{n} gift card", "{n} gift cards", loads.length)] : [])].join(", ");
}

function Row({ order }) {
  return html`<li><a class="order-row" href=${`/orders/${order.id}`}>
    <span class="grow"><b>${order.store[locale] ?? order.store.en}</b>
      <span class="quiet small">${dateTime(order.at, order.zone)} · ${what(order)}</span></span>
    <span class="order-end"><${Amount} value=${{ amount: order.total, currency: order.currency }} strong />
      ${order.returned > 0 && html`<${Badge} icon="undo-2"><${Amount} value=${{ amount: -order.returned, currency: order.currency }} size=${14} /><//>`}
      ${order.points > 0 && html`<${Badge} kind="accent" icon="star">+${order.points}<//>`}</span><${Icon} name="chevron-right" /></a></li>`;
}

function Orders() {
  if (!account.value) return ready.value || status.value === "offline" ? html`<${Nothing} />` : html`<${Loading} lines=${5} />`;
  const orders = Object.values(account.value.orders).sort((a, b) => b.at - a.at);
  return html`<h1>${t("Orders")}</h1>${orders.length
    ? html`<ul class="orders panel">${orders.map((order) => html`<${Row} key=${order.id} order=${order} />`)}</ul>` : html`<${Nothing} />`}`;
}

const Nothing = () => html`<${Empty} icon="receipt" title=${t("No orders yet")}>
  ${t("What you pay at a till with your card is here at once, with its receipt.")}<//>`;

open(Orders, { icon: "receipt", title: t("Sign in to see your orders"), text: t("Every receipt in one place, from every shop.") });
