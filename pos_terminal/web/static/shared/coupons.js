// The coupons of the cart, on till and kiosk alike: each with what it takes off, or that it does not apply yet.
import { Amount, Button, html, Icon } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { act, amount, asking, coupons, phase, totals } from "./till.js";
import { couponText } from "kit/coupon_text.js";
import { named } from "./words.js";

const CHANGING = ["selling", "scanning"];

/** What the hub is being asked for, or the coupons of the cart, each with what it takes off. */
export function Coupons() {
  const list = coupons.value ?? [];
  if (!list.length && asking.value !== "coupon") return null;
  return html`<ul class="coupons" aria-label=${t("Coupons")}>${asking.value === "coupon" && html`<li class="row quiet"><${Icon} name="clock" />${t("The hub is asked about the coupon …")}</li>`}
    ${list.map((one) => html`<li key=${one.claim} class="row"><${Icon} name="ticket" />
      <span class="grow clip">${named(one.names) || t("Coupon")}</span>
      ${one.off > 0 ? html`<${Amount} value=${amount(-one.off)} size=${16} strong />` : html`<span class="quiet small">${couponText(one, totals.value.currency)}</span>`}
      ${CHANGING.includes(phase.value) && html`<${Button} kind="quiet" icon="x" label=${t("Take the coupon out")} onClick=${() => act("coupon_remove", { claim: one.claim })} />`}</li>`)}</ul>`;
}
