// The strip that says whose cart this is.
import { Badge, Button, html, Icon, Status } from "kit/ui.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { link, on_phone, shopper } from "../shared/till.js";
import { asOf, named } from "../shared/words.js";
import { dialog } from "./desk.js";

const CouponButton = () => html`<${Button} kind="quiet" icon="ticket" keys="F5" label=${t("Coupon")} onClick=${() => { dialog.value = "coupon"; }} />`;
const identify = () => { dialog.value = "card"; };

export function ShopperStrip() {
  const one = shopper.value;
  if (!one) {
    return html`<section class="shopper" aria-label=${t("Shopper")}><span class="face"><${Icon} name="user-round" /></span>
      <p class="grow quiet">${t("No card yet. Scan the shopper's card.")}</p>
      <${CouponButton} /><${Button} kind="quiet" keys="F4" onClick=${identify}>${t("Card")}<//></section>`;
  }
  return html`<section class="shopper known" aria-label=${t("Shopper")}><span class="face known">${one.name.slice(0, 1)}</span>
    <div class="grow"><p class="strong clip">${one.name}</p>
      <p class="small quiet row shopper-facts">${one.points !== null && html`<span class="amount">${tn("{n} point", "{n} points", one.points, { n: number(one.points) })}</span>`}
        ${one.tier && html`<${Badge} icon="star">${named(one.tier)}<//>`}${asOf(one, link.value?.online, Date.now())}
        ${one.pending && html`<${Badge} icon="clock">${t("not confirmed yet")}<//>`}
        ${on_phone.value && html`<${Status} kind="good" icon="smartphone" label=${t("On the phone now")} />`}</p></div>
    <${CouponButton} /><${Button} kind="quiet" keys="F4" onClick=${identify}>${t("Card")}<//></section>`;
}
