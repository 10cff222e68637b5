// Two customers are one person: seen before it is done, and undone at any time.
import { signal } from "@preact/signals";
import { date, number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Empty, html, Search, Table } from "kit/ui.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { once_key } from "./words.js";

const choosing = signal(false);
const parting = signal(false);
const wanted = signal("");
const found = signal([]);
const preview = signal(null);
const refusal = signal(null);
// Of this one dialog, so that a second press of its button is the same deed.
const key = signal("");

async function search(text, self) {
  wanted.value = text;
  const { answer, error } = text.trim() ? await ask("customers/find", { q: text }) : { answer: { customers: [] } };
  if (text !== wanted.value) return;
  [found.value, refusal.value] = [(answer?.customers ?? []).filter((row) => row.id !== self), error ?? null];
}

async function look(self, other) {
  const { answer, error } = await ask(`customers/of/${encodeURIComponent(self)}/preview`, { other });
  [preview.value, refusal.value] = [answer ?? null, error ?? null];
}

function begin() {
  [choosing.value, preview.value, found.value, wanted.value, refusal.value, key.value] = [true, null, [], "", null, once_key("merge")];
}

const columns = () => [
  { key: "names", label: t("Customer"), show: (row) => html`<span class="stack-2"><strong>${word(row.names)}</strong><span class="quiet small">${row.email}, ${row.phone}</span></span>` },
  { key: "points", label: t("Points"), end: true, show: (row) => html`<strong class="amount">${number(row.points)}</strong>` },
];

function Chosen() {
  const { customers, together } = preview.value;
  const rows = [...customers.map((one) => ({ id: one.id, who: word(one.names), cards: one.cards.join(", ") || "–", ...one.sums })), { id: "=", who: t("Together"), cards: "", ...together }];
  const shown = [{ key: "who", label: t("Customer"), show: (row) => html`<strong>${row.who}</strong>` }, { key: "cards", label: t("Cards"), show: (row) => row.cards },
    ...[["active", t("To spend")], ["pending", t("To come")], ["held", t("Set aside")], ["debt", t("Owed")]].map(([name, label]) => ({ key: name, label, end: true, show: (row) => number(row[name]) }))];
  return html`<div class="stack"><${Table} cards caption=${t("What would be")} columns=${shown} rows=${rows} row_key=${(row) => row.id} />
    <p>${t("Their points count in one account from then on, all their cards go on working, and both have the prices of either. Each keeps name, sign-in, orders, credit and receipts. It can be undone: every point then goes back to whose card earned it.")}</p></div>`;
}

function Choosing({ open, act, onChanged }) {
  const { id, names } = open.customer;
  const merge = async () => {
    const other = preview.value.customers[1].id;
    choosing.value = false;
    await act("merge", { key: key.value, other }, t("They share one account now."), onChanged);
  };
  const actions = html`<${Button} onClick=${() => (choosing.value = false)}>${t("Not now")}<//>
    ${preview.value && html`<${Button} onClick=${() => (preview.value = null)}>${t("Another one")}<//><${Button} kind="primary" onClick=${merge}>${t("Make them one")}<//>`}`;
  return html`<${Dialog} open=${choosing.value} wide title=${t("{name} and who are one person?", { name: word(names) })} onClose=${() => (choosing.value = false)} actions=${actions}>
    <div class="stack">${preview.value ? html`<${Chosen} />` : html`<${Search} label=${t("Card, phone, mail or name")} value=${wanted.value} onInput=${(text) => search(text, id)} />
      ${wanted.value.trim() && html`<${Table} cards caption=${t("Customers")} columns=${columns()} rows=${found.value} onOpen=${(row) => look(id, row.id)}
        empty=${html`<${Empty} icon="users" title=${t("Nobody is found")} />`} />`}`}<${Refused} text=${refusal.value && sentence(refusal.value)} /></div><//>`;
}

function Parting({ open, act, onChanged }) {
  const part = () => {
    parting.value = false;
    act("part", { key: key.value }, t("They are two again."), onChanged);
  };
  return html`<${Dialog} open=${parting.value} asks title=${t("Make them two again?")} onClose=${() => (parting.value = false)}
    actions=${html`<${Button} onClick=${() => (parting.value = false)}>${t("Leave it")}<//><${Button} kind="danger" onClick=${part}>${t("Make them two")}<//>`}>
    ${t("Every point that the cards of {name} earned goes back to {name}, with what is left of it.", { name: word(open.customer.names) })}<//>`;
}

/** With whom a customer shares an account, and the ways to make two one, and one two. */
export function Joining({ open }) {
  const { others, merged_into, merged_at, merged_by } = open;
  const ask_part = () => ([parting.value, key.value] = [true, once_key("part")]);
  return html`<h3>${t("The same person")}</h3>${others.length > 0 ? html`<p>${t("Shares one account with {names}.", { names: others.map((one) => word(one.names)).join(", ") })}
      ${merged_into && ` ${t("Made so by {name}, {day}.", { name: word(merged_by), day: date(merged_at) })}`}</p>` : html`<p class="quiet small">${t("Somebody who is here twice, say with an old and a new phone number, can be made one.")}</p>`}
    <div class="row wrap">${!merged_into && html`<${Button} icon="users" onClick=${begin}>${t("Make one with another customer")}<//>`}
      ${merged_into && html`<${Button} icon="undo-2" onClick=${ask_part}>${t("Make them two again")}<//>`}</div>`;
}

/** The dialogs of it, which stand beside the drawer and not in it. */
export const JoiningDialogs = (rest) => html`<${Choosing} ...${rest} /><${Parting} ...${rest} />`;
