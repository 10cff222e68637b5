// One customer: the points and where they came from, the cards, and what a manager may put right.
import { signal } from "@preact/signals";
import { date, dateTime, money, number } from "kit/format.js";
import { sentence, t, tn } from "kit/i18n.js";
import { Button, Field, html, Select, Status, toast } from "kit/ui.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { Joining, JoiningDialogs } from "./joining.js";
import { entry_word, once_key, signed } from "./words.js";

export const customer = signal(null);
const refusal = signal(null);
const fresh = () => ({ key: once_key("adjust"), points: "", way: "more", reason: "" });
const right = signal(fresh());
const new_card = signal("");
const POINTS = /^[1-9][0-9]{0,6}$/;

export async function open_customer(id) {
  const { answer, error } = await ask(`customers/of/${encodeURIComponent(id)}`);
  [customer.value, refusal.value] = [answer ?? customer.value, error ?? null];
}

// What is done to the customer who is open; afterwards the drawer shows what came of it.
async function act(what, body, text, onChanged) {
  const { id } = customer.value.customer;
  const { error } = await ask(`customers/of/${encodeURIComponent(id)}/${what}`, body);
  if (!error) {
    toast({ kind: "good", text });
    onChanged();
    await open_customer(id);
  }
  refusal.value = error ?? null;
  return !error;
}

function Points() {
  const { points } = customer.value.account;
  const more = [points.pending > 0 && t("{n} to come", { n: number(points.pending) }), points.held > 0 && t("{n} set aside", { n: number(points.held) }),
    points.debt > 0 && t("{n} owed to the shop", { n: number(points.debt) }), points.expiring > 0 && t("{n} end on {day}", { n: number(points.expiring), day: date(points.expires_at - 1) })].filter(Boolean);
  return html`<div class="stack-2"><p class="explained-value amount">${tn("{n} point", "{n} points", points.active)}</p>${more.length > 0 && html`<p class="small">${more.join(" · ")}</p>`}
    ${points.tier && html`<p class="small">${t("Tier {name} since {day}", { name: word(points.tier.names), day: date(points.tier.since) })}</p>`}</div>`;
}

function Cards({ onChanged }) {
  const give = async () => {
    if (await act("give-card", { number: new_card.value.trim().toUpperCase() }, t("The card is theirs from now on."), onChanged)) new_card.value = "";
  };
  const block = (number) => act("block-card", { number }, t("Blocked: no till knows it any more. The points stay."), onChanged);
  return html`<h3>${t("Cards")}</h3><ul class="versions">${customer.value.cards.map((one) => html`<li key=${one.number} class="row between wrap"><span class="amount">${one.number}</span>
      ${one.active ? html`<${Button} size="small" kind="danger" icon="lock" onClick=${() => block(one.number)}>${t("Lost: block it")}<//>` : html`<${Status} kind="idle" label=${t("Blocked")} />`}</li>`)}</ul>
    <div class="pair"><${Field} label=${t("Number of a new card")} value=${new_card.value} maxlength="20" autocomplete="off" hint=${t("Scan it or type it. The points are at once on it.")} onInput=${(text) => (new_card.value = text)} onSubmit=${give} />
      <div><${Button} icon="plus" disabled=${new_card.value.trim().length < 4} onClick=${give}>${t("Give this card")}<//></div></div>`;
}

function PutRight({ onChanged }) {
  const one = right.value;
  const set = (part) => (right.value = { ...one, ...part });
  const ready = POINTS.test(one.points) && one.reason.trim().length >= 3;
  const send = async () => {
    // The sign is a word here, so that nobody takes points away by a slip.
    const points = Number(one.points) * (one.way === "more" ? 1 : -1);
    if (await act("adjust", { key: one.key, points, reason: one.reason.trim() }, t("Corrected, with your name."), onChanged)) right.value = fresh();
  };
  return html`<details class="circumstances"><summary>${t("Correct the points")}</summary><div class="stack">
    <div class="pair"><${Select} label=${t("What to do")} options=${[{ id: "more", label: t("Give points") }, { id: "less", label: t("Take points away") }]} value=${one.way} onChange=${(way) => set({ way })} />
      <${Field} label=${t("How many")} inputmode="numeric" value=${one.points} maxlength="7" onInput=${(points) => set({ points: points.trim() })} /></div>
    <${Field} label=${t("Why")} value=${one.reason} maxlength="60" hint=${t("It is kept with your name and cannot be changed later.")} onInput=${(reason) => set({ reason })} />
    <div><${Button} disabled=${!ready} onClick=${send}>${t("Correct it")}<//></div></div></details>`;
}

/** What stands in the drawer. */
export function Customer({ onChanged }) {
  const { customer: one, account, values } = customer.value;
  return html`<div class="stack" tabindex="0" role="group" aria-label=${t("Customer")}><p class="quiet small">${one.email} · <span class="amount">${one.phone}</span></p>
    <${Points} /><${Refused} text=${refusal.value && sentence(refusal.value)} /><${Cards} onChanged=${onChanged} /><${Joining} open=${customer.value} />
    ${values.length > 0 && html`<h3>${t("Store credit")}</h3><ul class="versions">${values.map((row) => html`<li key=${row.id} class="row between"><span>${row.expires_at ? t("Good until {day}.", { day: date(row.expires_at - 1) }) : t("It has no end.")}</span>
      <strong class="amount">${money({ amount: row.available, currency: row.currency })}</strong></li>`)}</ul>`}
    <h3>${t("What happened")}</h3>${account.entries.length === 0 && html`<p class="quiet small">${t("Nothing yet.")}</p>`}
    <ol class="versions">${account.entries.map((row) => html`<li key=${row.key} class="row between"><div><p>${entry_word(row)}</p><p class="quiet small">${dateTime(row.at)}${row.number ? `, ${row.number}` : ""}</p></div>
      <strong class="amount">${signed(row)}</strong></li>`)}</ol><${PutRight} onChanged=${onChanged} /></div>`;
}

/** What is asked before two are made one, or one two. */
export const CustomerDialogs = ({ onChanged }) => html`<${JoiningDialogs} open=${customer.value} act=${act} onChanged=${onChanged} />`;
