// One gift card or store credit: what is on it, each entry, and what a manager may do with it.
import { signal } from "@preact/signals";
import { date, dateTime, money } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Amount, Button, Field, html, Select, Status, toast } from "kit/ui.js";
import { Money } from "../amounts.js";
import { ask } from "../ask.js";
import { entry_word } from "../liability.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { shown_once } from "./issue.js";

export const card = signal(null);
const refusal = signal(null);
const fresh = () => ({ key: crypto.randomUUID?.() ?? `adjust-${Date.now()}-${Math.floor(Math.random() * 1e9)}`, amount: 0, way: "more", reason: "" });
const right = signal(fresh());

export async function open_card(id) {
  const { answer, error } = await ask(`cards/of/${encodeURIComponent(id)}`);
  [card.value, refusal.value] = [answer ?? card.value, error ?? null];
}

async function act(what, body, text, onChanged) {
  const { id } = card.value.card;
  const { answer, error } = await ask(`cards/of/${encodeURIComponent(id)}/${what}`, body);
  if (!error) {
    toast({ kind: "good", text });
    onChanged();
    await open_card(id);
  }
  refusal.value = error ?? null;
  return answer;
}

function PutRight({ onChanged }) {
  const { currency } = card.value.card;
  const one = right.value;
  const set = (part) => (right.value = { ...right.value, ...part });
  const send = async () => {
    // The sign is a word here, so that nobody takes money away by a slip.
    const amount = one.way === "more" ? one.amount : -one.amount;
    if (await act("adjust", { key: one.key, amount, reason: one.reason.trim() }, t("Corrected, with your name."), onChanged)) right.value = fresh();
  };
  return html`<details class="circumstances"><summary>${t("Correct the balance")}</summary><div class="stack">
    <div class="pair"><${Select} label=${t("What to do")} options=${[{ id: "more", label: t("Put money on it") }, { id: "less", label: t("Take money off it") }]} value=${one.way} onChange=${(way) => set({ way })} />
      <${Money} key=${one.key} label=${t("Amount")} currency=${currency} value=${one.amount} onChange=${(amount) => set({ amount })} /></div>
    <${Field} label=${t("Why")} value=${one.reason} maxlength="60" hint=${t("It is kept with your name and cannot be changed later.")} onInput=${(reason) => set({ reason })} />
    <div><${Button} disabled=${!one.amount || one.reason.trim().length < 3} onClick=${send}>${t("Correct it")}<//></div></div></details>`;
}

/** What stands in the drawer. */
export function Card({ onChanged }) {
  const { card: one, entries, wrong_pins } = card.value;
  const cash = (amount) => money({ amount, currency: one.currency });
  const replace = async () => {
    const made = await act("replace", {}, t("The old code is nobody’s now."), onChanged);
    if (made) [card.value, shown_once.value] = [null, made];
  };
  return html`<div class="stack" tabindex="0" role="group" aria-label=${t("Card")}><p class="explained-value amount">${cash(one.available)}</p>
    <p class="quiet small">${one.held ? t("{amount} more is held for a payment.", { amount: cash(one.held) }) : ""} ${one.expires_at ? t("Good until {day}.", { day: date(one.expires_at - 1) }) : t("It has no end.")}
      ${" "}${t("Made by {name}, {time}.", { name: word(one.by), time: dateTime(one.made_at) })}</p>
    <${Status} kind=${one.blocked ? "trouble" : "good"} label=${one.blocked ? t("Blocked: nothing is paid with it") : t("Good")} />
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <div class="row wrap"><${Button} kind=${one.blocked ? "plain" : "danger"} icon=${one.blocked ? "lock-open" : "lock"}
        onClick=${() => act("block", { blocked: !one.blocked }, one.blocked ? t("It is good again.") : t("Blocked. What is on it stays."), onChanged)}>${one.blocked ? t("Unblock") : t("Block")}<//>
      ${one.kind === "gift_card" && html`<${Button} icon="refresh-cw" onClick=${replace}>${t("Lost: give it another code")}<//>`}
      ${wrong_pins > 0 && html`<${Button} icon="key-round" onClick=${() => act("unlock", {}, t("Its PIN can be tried again."), onChanged)}>${t("Let its PIN be tried again")}<//>`}</div>
    <h3>${t("What happened")}</h3>${entries.length === 0 && html`<p class="quiet small">${t("Nothing yet: it is empty.")}</p>`}
    <ol class="versions">${entries.map((row) => html`<li key=${row.key} class="row between"><div><p>${entry_word(row.kind)}</p><p class="quiet small">${dateTime(row.at)}, ${word(row.by)}${row.source ? `, ${row.source}` : ""}</p></div>
      <${Amount} value=${{ amount: row.available, currency: one.currency }} strong /></li>`)}</ol><${PutRight} onChanged=${onChanged} /></div>`;
}
