// Gift cards that are sold: the dialog that asks for one, and their rows in the cart.
import { Amount, Button, Dialog, Field, html, Icon } from "kit/ui.js";
import { sentence, t } from "kit/i18n.js";
import { useRef, useState } from "preact/hooks";
import { decimals, minor } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { act, amount, ask, cards, link, refusal, store } from "../shared/till.js";
import { dialog } from "./desk.js";

const CODE_MAX_CHARS = 40;
const AMOUNT_MAX_CHARS = 10;
const OFTEN = ["10", "25", "50", "100"];

export const asksForCard = () => ask.value?.kind === "card";

function close() {
  dialog.value = "";
  if (asksForCard()) act("ask_close");
}

export function SellCardDialog() {
  const scanned = asksForCard() ? ask.value.code : "";
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  // Made once for this window: asked again after a lost answer, it is the same card.
  const load = useRef(crypto.randomUUID());
  const code = scanned || typed.trim();
  const sum = minor(text, decimals(store.value.currency));
  async function submit() {
    if (!sum || busy) return;
    setBusy(true);
    const done = await act("sell_card", { load: load.current, code, amount: sum });
    setBusy(false);
    if (done === null) load.current = crypto.randomUUID();
    else close();
  }
  useKeys((event) => event.key === "Enter" && (submit(), true));
  const without = t("Leave it empty, and a new code is printed on a slip of its own.");
  const offline = t("The hub is not reached: take a printed card. It is live as soon as this sale reaches the hub.");
  return html`<${Dialog} open title=${t("Sell or load a gift card")} onClose=${close}
    actions=${html`<${Button} keys="Esc" onClick=${close}>${t("Cancel")}<//><${Button} kind="primary" keys="Enter" busy=${busy} disabled=${!sum || busy} onClick=${submit}>${t("Add to the sale")}<//>`}>
    ${scanned ? html`<p class="row found-card"><span class="grow">${t("Card")}</span><strong class="amount">${scanned}</strong></p>`
      : html`<${Field} large label=${t("Code of the card")} autocomplete="off" autocapitalize="characters" maxlength=${CODE_MAX_CHARS} value=${typed}
        onInput=${setTyped} hint=${link.value.online ? `${t("Scan the card or type its sixteen signs.")} ${without}` : offline} />`}
    ${scanned && !link.value.online ? html`<p class="quiet small">${t("The hub is not reached: the card is live as soon as this sale reaches the hub.")}</p>` : null}
    <${Field} large autofocus label=${t("Amount")} inputmode="decimal" autocomplete="off" maxlength=${AMOUNT_MAX_CHARS} value=${text} onInput=${setText}
      error=${refusal.value ? sentence(refusal.value) : ""} hint=${t("It is paid in cash.")} />
    <div class="row often" role="group" aria-label=${t("Usual amounts")}>${OFTEN.map((one) => html`<${Button} key=${one} onClick=${() => setText(one)}>
      <${Amount} value=${amount(minor(one, decimals(store.value.currency)))} /><//>`)}</div><//>`;
}

const noteOf = (one) => {
  if (!one.live) return t("not asked about yet: live when this sale reaches the hub");
  return one.fresh ? t("a new card, live when the sale is paid") : t("more on a card that is in use");
};

/** The cards of this sale, below the goods. */
export function CardRows() {
  if (!cards.value?.length) return null;
  return html`<ul class="card-rows" aria-label=${t("Gift cards")}>${cards.value.map((one) => html`<li key=${one.id} class="row">
    <${Icon} name="gift" /><span class="grow">${t("Gift card {hint}", { hint: one.hint })}<br /><span class="quiet small">${noteOf(one)}</span></span>
    <${Amount} value=${amount(one.amount)} strong />
    <${Button} kind="quiet" icon="x" label=${t("Take this card out of the sale")} onClick=${() => act("card_out", { load: one.id })} /></li>`)}</ul>`;
}
