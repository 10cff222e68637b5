// A till wants more points than a card may spend alone: the question to their owner, on every page of the app.
import { computed, effect, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { money, number } from "kit/format.js";
import { locale, sentence, t, tn } from "kit/i18n.js";
import { Button, Dialog, html, render, toast } from "kit/ui.js";
import { ask, cart, now, shopper } from "./live.js";

/** A finger that was on its way to something else must not answer a question that has just come up. */
const SETTLE_MS = 600;
const DONE = ["loyalty.answered", "loyalty.hold_over"];

const clock = signal(0);
/** The question that was answered here: it is gone before the cart says so. */
const answered = signal("");
const question = computed(() => (cart.value?.approvals ?? [])
  .find((one) => !one.answer && one.hold !== answered.value && one.until > Math.max(clock.value, now())) ?? null);
const name = (names) => names?.[locale] ?? names?.en ?? "";

async function answer(hold, allow) {
  try {
    await ask("approve", { hold, allow });
    toast({ kind: "good", text: allow ? t("Allowed. The till takes the points now.") : t("Not allowed. The points stay yours.") });
  } catch (error) {
    if (!DONE.includes(error.code)) throw error;
    toast({ kind: "attention", text: sentence(error) });
  }
  answered.value = hold;
}

function Question({ one }) {
  const [busy, setBusy] = useState("");
  const [refused, setRefused] = useState(null);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  const say = (allow) => async () => {
    setBusy(allow ? "allow" : "not");
    setRefused(null);
    await answer(one.hold, allow).catch((error) => { setRefused(error); setBusy(""); });
  };
  const wanted = tn("{place} wants to use {n} point ({amount}).", "{place} wants to use {n} points ({amount}).", one.points,
    { place: name(one.place), n: number(one.points), amount: money({ amount: one.amount, currency: cart.value.totals.currency }) });
  const off = Boolean(busy) || !settled;
  return html`<${Dialog} open asks closable=${false} title=${t("Is this you?")}
    actions=${html`<${Button} busy=${busy === "not"} disabled=${off} onClick=${say(false)}>${t("Do not allow")}<//>
      <${Button} kind="primary" icon="check" busy=${busy === "allow"} disabled=${off} onClick=${say(true)}>${t("Allow")}<//>`}>
    <div class="allow stack-2"><p class="allow-what" tabindex="-1" autofocus>${wanted}</p>
      <p class="allow-number"><span>${t("Number")}</span> <b class="amount">${one.number}</b></p>
      <p class="quiet small">${t("Allow it only if you stand there now and the same number is on the till's screen.")}</p>
      ${refused && html`<p class="allow-refused" role="alert">${sentence(refused)}</p>`}</div><//>`;
}

// Gone by itself when its time is over, also where nobody says so.
function watchClock() {
  const one = question.value;
  if (!one) return undefined;
  const timer = setTimeout(() => { clock.value = now(); }, Math.max(0, one.until - now()) + 1);
  return () => clearTimeout(timer);
}

const Asked = () => (question.value ? html`<${Question} key=${question.value.hold} one=${question.value} />` : null);

/** Ask whenever the shopper's cart says that somebody has to. */
export function askToAllow() {
  if (!shopper) return;
  const place = document.body.appendChild(document.createElement("div"));
  render(html`<${Asked} />`, place);
  effect(watchClock);
}
