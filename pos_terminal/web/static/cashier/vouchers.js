// The dialogs in which a code is typed: a coupon's, or a gift card's to pay with or to look at.
import { Amount, Button, Dialog, Field, html } from "kit/ui.js";
import { date } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { useEffect, useState } from "preact/hooks";
import { useKeys } from "../shared/keys.js";
import { act, asking, refusal } from "../shared/till.js";
import { dialog } from "./desk.js";

const CODE_MAX_CHARS = 40;
const PIN_MAX_CHARS = 6;
const close = () => { dialog.value = ""; };

function CodeDialog({ title, deed, hint, pin, onSubmit, children }) {
  const [[code, secret], setTyped] = useState(["", ""]);
  const submit = () => { if (code.trim()) onSubmit(code.trim(), secret); };
  useKeys((event) => event.key === "Enter" && (submit(), true));
  return html`<${Dialog} open title=${title} onClose=${close}
    actions=${html`<${Button} keys="Esc" onClick=${close}>${t("Cancel")}<//><${Button} kind="primary" keys="Enter" disabled=${!code.trim()} onClick=${submit}>${deed}<//>`}>
    <${Field} large autofocus label=${t("Code")} autocomplete="off" autocapitalize="characters" maxlength=${CODE_MAX_CHARS} value=${code}
      onInput=${(text) => setTyped([text, secret])} error=${refusal.value ? sentence(refusal.value) : ""} hint=${hint} />
    ${pin && html`<${Field} large label=${t("PIN, if the card has one")} inputmode="numeric" autocomplete="off" type="password" maxlength=${PIN_MAX_CHARS} value=${secret}
      onInput=${(text) => setTyped([code, text])} />`}${children}<//>`;
}

export function CouponDialog() {
  const use = async (code) => { if (await act("coupon", { code }) !== null) close(); };
  // One that is scanned meanwhile needs no window any more.
  useEffect(() => { if (asking.value === "coupon") close(); }, [asking.value]);
  return html`<${CodeDialog} title=${t("Coupon")} deed=${t("Use this coupon")} onSubmit=${use} hint=${t("Type the twelve signs, or just scan the coupon.")} />`;
}

export function GiftCardDialog() {
  const pay = async (code, pin) => { if (await act("pay_from", { kind: "gift_card", code, pin }) !== null) close(); };
  return html`<${CodeDialog} title=${t("Pay with a gift card")} deed=${t("Pay with it")} pin onSubmit=${pay}
    hint=${t("Type the sixteen signs. It pays as much as is on it; the rest is paid another way.")} />`;
}

export function BalanceDialog() {
  const [found, setFound] = useState(null);
  const look = async (code, pin) => { setFound(await act("gift_card", { code, pin })); };
  return html`<${CodeDialog} title=${t("What is on a gift card?")} deed=${t("Look")} pin onSubmit=${look} hint=${t("Nothing is taken from it.")}>
    ${found && html`<p class="row found-card" role="status"><span class="grow">${t("On the card {hint}", { hint: found.hint })}
      ${found.expires_at ? html`<br /><span class="quiet small">${t("until {date}", { date: date(found.expires_at) })}</span>` : null}</span>
      <${Amount} value=${{ amount: found.amount, currency: found.currency }} size=${32} strong /></p>`}<//>`;
}
