// My coupons: those that count in the cart, each with why it does or does not, and those that wait on this phone.
import { signal } from "@preact/signals";
import { locale, sentence, t } from "kit/i18n.js";
import { Button, Empty, Field, html, Icon, Status, toast } from "kit/ui.js";
import { couponText } from "kit/coupon_text.js";
import { open } from "./gate.js";
import { uuid7 } from "./ids.js";
import { account, act, cart, claim, shopper, status } from "./live.js";
import { dropCode, isSpent, keepCode, kept } from "./wallet.js";

const CODE_MAX_CHARS = 40;
const typed = signal("");
const busy = signal("");
const refused = signal(null);
const wallet = signal(shopper ? kept(shopper.id) : []);
const name = (names) => names?.[locale] ?? names?.en ?? "";
const inCart = () => cart.value?.coupons ?? [];

async function use(code) {
  busy.value = code;
  refused.value = null;
  try {
    const held = await claim({ hold: uuid7(), kind: "coupon", cart: account.value.cart, code });
    keepCode(shopper.id, { code, claim: held.hold, names: held.names });
    typed.value = "";
    toast({ kind: "good", text: t("The coupon is in your cart") });
  } catch (error) {
    refused.value = error;
    if (isSpent(error)) dropCode(shopper.id, code);
  }
  wallet.value = kept(shopper.id);
  busy.value = "";
}

function Counting({ one }) {
  return html`<li class="coupon-row"><${Icon} name="ticket" /><span class="grow"><b>${name(one.names) || t("Coupon")}</b>
      <${Status} kind=${one.state === "given" ? "good" : "idle"} label=${couponText(one, cart.value.totals.currency)} /></span>
    <${Button} kind="quiet" icon="x" label=${t("Take {name} out of the cart", { name: name(one.names) })} disabled=${one.leaving}
      onClick=${() => act("hold.void", { hold: one.claim, kind: "coupon" })} /></li>`;
}

function Kept({ one }) {
  const forget = () => { dropCode(shopper.id, one.code); wallet.value = kept(shopper.id); };
  return html`<li class="coupon-row"><${Icon} name="ticket" /><span class="grow"><b>${name(one.names) || t("Coupon")}</b><span class="quiet small amount">${one.code}</span></span>
    <${Button} size="small" busy=${busy.value === one.code} disabled=${Boolean(busy.value)} onClick=${() => use(one.code)}>${t("Use")}<//>
    <${Button} kind="quiet" icon="trash-2" label=${t("Forget the code {code}", { code: one.code })} onClick=${forget} /></li>`;
}

function Coupons() {
  const counting = inCart();
  const here = new Set(counting.map((one) => one.claim));
  const waiting = wallet.value.filter((one) => !here.has(one.claim));
  const away = status.value !== "online";
  const submit = (event) => { event.preventDefault(); if (typed.value.trim()) use(typed.value.trim().toUpperCase()); };
  return html`<h1>${t("Coupons")}</h1>
    <form class="panel stack-2" onSubmit=${submit}><${Field} label=${t("Code of a coupon")} autocomplete="off" autocapitalize="characters" maxlength=${CODE_MAX_CHARS}
      value=${typed.value} onInput=${(text) => { typed.value = text; }} error=${refused.value ? sentence(refused.value) : ""}
      hint=${away ? t("A coupon needs a connection. It is kept for nobody else until then.") : t("It counts at once, here and at every till.")} />
      <${Button} kind="primary" icon="ticket" type="submit" full busy=${Boolean(busy.value)} disabled=${away || !typed.value.trim() || !account.value}>${t("Put into my cart")}<//></form>
    <section class="group" aria-label=${t("In your cart")}><header class="group-head"><h2>${t("In your cart")}</h2></header>
      ${counting.length ? html`<ul class="coupon-list">${counting.map((one) => html`<${Counting} key=${one.claim} one=${one} />`)}</ul>`
        : html`<p class="quiet small coupon-none">${t("No coupon counts in your cart now.")}</p>`}</section>
    ${waiting.length > 0 && html`<section class="group" aria-label=${t("Kept on this phone")}><header class="group-head"><h2>${t("Kept on this phone")}</h2></header>
      <ul class="coupon-list">${waiting.map((one) => html`<${Kept} key=${one.code} one=${one} />`)}</ul></section>`}
    ${!counting.length && !waiting.length && html`<${Empty} icon="ticket" title=${t("No coupons yet")}>${t("Type the code of one above, or show it at a till.")}<//>`}`;
}

open(Coupons, { icon: "ticket", title: t("Sign in to use coupons"), text: t("A coupon that you put into your cart counts at every till.") });
