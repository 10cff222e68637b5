// The dialogs and drawers of the till. Scans are heard behind them.
import { Button, Dialog, Drawer, Empty, Field, html } from "kit/ui.js";
import { dateTime } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { useState } from "preact/hooks";
import { createEntry, keyOf } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { act, cards, in_hand, needs_you, refusal, shopper } from "../shared/till.js";
import { dialog } from "./desk.js";
import { SellCardDialog } from "./card_sales.js";
import { More } from "./more.js";
import { Receipts } from "./receipts.js";
import { BalanceDialog, CouponDialog, GiftCardDialog } from "./vouchers.js";
import { WhyDialog } from "./why.js";

const CARD_MAX_CHARS = 20;

export const close = () => { dialog.value = ""; };

function CardDialog() {
  const [text, setText] = useState("");
  async function submit() {
    const body = { card: text.trim(), ...(shopper.value ? { replace: true } : {}) };
    if (body.card && await act("attach", body) !== null) close();
  }
  useKeys((event) => {
    const key = keyOf(event);
    if (key && key !== "." && !(event.target instanceof HTMLInputElement)) setText((now) => (key === "back" ? now.slice(0, -1) : now + key));
    else if (event.key === "Enter") submit();
    else return false;
    return true;
  });
  return html`<${Dialog} open title=${shopper.value ? t("Another card") : t("Shopper's card")} onClose=${close}
    actions=${html`<${Button} keys="Esc" onClick=${close}>${t("Cancel")}<//><${Button} kind="primary" keys="Enter" disabled=${!text.trim()} onClick=${submit}>${t("Use this card")}<//>`}>
    <${Field} large autofocus label=${t("Number on the card")} inputmode="numeric" autocomplete="off" maxlength=${CARD_MAX_CHARS} value=${text} onInput=${setText}
      error=${refusal.value ? sentence(refusal.value) : ""} hint=${t("Or just scan the card: this window closes by itself.")} /><//>`;
}

function NeedsYou() {
  useKeys(() => false);
  const rows = needs_you.value ?? [];
  return html`<${Drawer} open title=${t("Needs you")} onClose=${close}>
    ${rows.length === 0 && html`<${Empty} icon="circle-check" title=${t("Nothing needs you")} />`}
    <ul class="needs" tabindex="-1" autofocus>${rows.map((row) => html`<li key=${row.seq} class="stack-2"><p>${sentence(row)}</p>
      <div class="row between"><span class="quiet small">${dateTime(row.at)}</span>
        <${Button} size="small" icon="check" onClick=${() => act("seen", { seq: row.seq })}>${t("I have read it")}<//></div></li>`)}</ul><//>`;
}

function VoidCart() {
  const confirm = () => { close(); act("void_cart"); };
  useKeys((event) => event.key === "Enter" && (confirm(), true));
  return html`<${Dialog} open title=${t("Give up this cart?")} onClose=${close}
    actions=${html`<${Button} keys="Esc" onClick=${close}>${t("Keep it")}<//><${Button} kind="danger" keys="Enter" onClick=${confirm}>${t("Give it up")}<//>`}>
    <p class="question" tabindex="-1" autofocus>${t("All lines in hand go back to the shelf: {count}. It is noted with your name.", { count: in_hand.value.length })}
      ${cards.value?.length ? ` ${t("Nothing is put on the gift cards in it: {count}.", { count: cards.value.length })}` : ""}</p><//>`;
}

const ALL = { balance: BalanceDialog, coupon: CouponDialog, gift_card: GiftCardDialog, sell_card: SellCardDialog, why: WhyDialog, card: CardDialog, more: More, needs_you: NeedsYou, receipts: Receipts, void: VoidCart };

export function Dialogs() {
  const One = ALL[dialog.value];
  return One ? html`<${One} key=${dialog.value} close=${close} />` : null;
}
