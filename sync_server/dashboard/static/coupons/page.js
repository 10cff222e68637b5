// The page "coupons": batches of codes, how far each is, and what became of them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dateTime, number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Drawer, Empty, Field, html, Loading, Status, Table, toast } from "kit/ui.js";
import { ask } from "../ask.js";
import { complete, Far, make, making, stop } from "../pages_of_codes.js";
import { print_slips } from "../print.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { NewBatch, TermFields, terms_of } from "./batch.js";

const rows = signal(null);
const promotions = signal([]);
const refusal = signal(null);
const chosen = signal("");
const creating = signal(false);
const sealing = signal(null);
const terms = signal(null);
const lost = signal("");

async function load() {
  const { answer, error } = await ask("coupons");
  refusal.value = error ?? null;
  if (answer) [rows.value, promotions.value] = [answer.batches, answer.promotions];
}

async function make_rest(row) {
  refusal.value = await make("coupons", row.id, row.made, row.wanted);
  if (!refusal.value) toast({ kind: "good", text: t("All codes are made. Print or save them, then seal the batch.") });
  await load();
}

async function begun(row) {
  creating.value = false;
  await load();
  await make_rest({ id: row.batch, made: row.made, wanted: row.wanted });
}

async function act(path, body, text) {
  const { error } = await ask(path, body);
  refusal.value = error ?? null;
  if (!error) toast({ kind: "good", text });
  await load();
  return !error;
}

function state_of(row) {
  if (making.value === row.id) return ["busy", t("Codes are made")];
  if (!complete(row)) return ["attention", t("Not complete")];
  if (row.paused) return ["idle", t("Paused")];
  return row.sealed ? ["good", t("Sealed")] : ["attention", t("To print and seal")];
}

const until = (row) => row.ends ? row.ends.replace("T", " ") : t("no end");
const columns = () => [
  { key: "name", label: t("Batch"), show: (row) => html`<span class="stack-2 promotion-name"><strong>${row.name}</strong><span class="quiet small">${word(row.promotion_names) || row.promotion}</span></span>` },
  { key: "state", label: t("State"), show: (row) => html`<${Status} kind=${state_of(row)[0]} label=${state_of(row)[1]} />` },
  { key: "wanted", label: t("Codes"), end: true, show: (row) => html`<${Far} row=${row} />` },
  { key: "used", label: t("Used"), end: true, show: (row) => number(row.used) },
  { key: "claimed", label: t("In carts"), end: true, show: (row) => number(row.claimed) },
  { key: "ends", label: t("Good until"), show: until },
];

async function print(row) {
  const slips = [];
  let first = 0;
  while (first !== null) {
    const { answer, error } = await ask(`coupons/of/${encodeURIComponent(row.id)}/codes?first=${first}`);
    if (error) return void (refusal.value = error);
    slips.push(...answer.codes.map(({ code, bars }) => ({ title: word(row.promotion_names) || row.name, code, bars, note: row.ends ? t("good until {time}", { time: until(row) }) : "" })));
    first = answer.next;
  }
  print_slips(slips);
}

function Codes({ row }) {
  if (!complete(row)) {
    return html`<p>${t("A batch is made page by page. You may go away: it goes on here, where it was.")}</p><${Far} row=${row} />
      <div>${making.value === row.id ? html`<${Button} icon="pause" onClick=${stop}>${t("Stop")}<//>` : html`<${Button} kind="primary" icon="play" onClick=${() => make_rest(row)}>${t("Make the rest")}<//>`}</div>`;
  }
  if (row.sealed) return html`<p class="quiet">${t("The codes were printed and the batch was sealed: nobody can see them again. They stay good.")}</p>`;
  return html`<p>${t("Print the codes or save them as a file, then seal the batch. Nobody can see them after that, whoever gets the database.")}</p>
    <div class="row wrap"><${Button} icon="printer" onClick=${() => print(row)}>${t("Print")}<//>
    <${Button} icon="download" href=${`/manage/coupons/of/${encodeURIComponent(row.id)}/codes.csv`}>${t("Save as CSV")}<//>
    <${Button} kind="primary" icon="lock" onClick=${() => (sealing.value = row)}>${t("Seal")}<//></div>`;
}

function Details({ row }) {
  const changed = JSON.stringify(terms.value) !== JSON.stringify(terms_of(row));
  const save = (to, text) => act(`coupons/of/${encodeURIComponent(row.id)}/change`, { seen: terms_of(row), to }, text);
  const pause = () => save({ ...terms_of(row), paused: !row.paused }, row.paused ? t("The coupons are good again.") : t("Paused. No coupon of it is taken."));
  return html`<div class="stack"><p class="quiet small">${t("{name}, {time}", { name: word(row.by), time: dateTime(row.made_at) })}</p>
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <h3>${t("Codes")}</h3><${Codes} row=${row} />
    <h3>${t("Terms")}</h3><${TermFields} value=${terms.value} onChange=${(value) => (terms.value = value)} />
    <div class="row wrap"><${Button} icon=${row.paused ? "play" : "pause"} onClick=${pause}>${row.paused ? t("Switch on") : t("Pause")}<//>
      <${Button} kind="primary" disabled=${!changed} onClick=${() => save(terms.value, t("Saved."))}>${t("Save")}<//></div></div>`;
}

function Lost() {
  const send = async (blocked) => {
    const done = await act("coupons/block", { code: lost.value, blocked }, blocked ? t("This code is withdrawn.") : t("This code is good again."));
    if (done) lost.value = "";
  };
  return html`<section class="panel stack"><h2>${t("One code")}</h2><p class="quiet small">${t("Withdraw a code that is lost or stolen, or take it back into use.")}</p>
    <${Field} label=${t("Code")} value=${lost.value} autocomplete="off" spellcheck=${false} onInput=${(value) => (lost.value = value)} />
    <div class="row wrap"><${Button} disabled=${!lost.value.trim()} onClick=${() => send(true)}>${t("Withdraw it")}<//><${Button} kind="quiet" disabled=${!lost.value.trim()} onClick=${() => send(false)}>${t("Take it back into use")}<//></div></section>`;
}

function Sealing() {
  const row = sealing.value;
  const close = () => (sealing.value = null);
  const seal = async () => {
    await act(`coupons/of/${encodeURIComponent(row.id)}/seal`, {}, t("Sealed. The codes stay good."));
    close();
  };
  return html`<${Dialog} asks open=${Boolean(row)} title=${t("Are the codes printed or saved?")} onClose=${close}
    actions=${html`<${Button} autofocus onClick=${close}>${t("Not yet")}<//><${Button} kind="danger" onClick=${seal}>${t("Seal")}<//>`}>
    <p>${t("After that nobody can see them again, also no manager. They stay good.")}</p><//>`;
}

/** Coupons of all promotions. */
export function Coupons() {
  useEffect(() => void load(), []);
  const row = rows.value?.find((one) => one.id === chosen.value);
  const open = (one) => { [chosen.value, terms.value, refusal.value] = [one.id, terms_of(one), null]; };
  if (!rows.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the coupons")} lines=${6} />`;
  return html`<div class="manage-stack"><section class="panel stack"><div class="row between wrap"><div><h2>${t("Coupons")}</h2>
      <p class="quiet small">${t("Codes that switch a promotion on. Each batch is of one promotion.")}</p></div>
      <${Button} kind="primary" icon="plus" disabled=${!promotions.value.length} onClick=${() => (creating.value = true)}>${t("New batch")}<//></div>
    ${!promotions.value.length && html`<p>${t("No promotion asks for a coupon yet.")} <a href="#promotions/new">${t("Make one, and choose “Only with a coupon”.")}</a></p>`}
    ${!row && html`<${Refused} text=${refusal.value && sentence(refusal.value)} />`}
    <${Table} cards caption=${t("Batches of coupons")} columns=${columns()} rows=${rows.value} onOpen=${open}
      empty=${html`<${Empty} icon="ticket" title=${t("No coupons yet")}>${t("A batch of them is made with the button above.")}<//>`} /></section><${Lost} />
    <${NewBatch} open=${creating.value} promotions=${promotions.value} onClose=${() => (creating.value = false)} onBegun=${begun} />
    <${Drawer} open=${Boolean(row)} title=${row?.name} onClose=${() => (chosen.value = "")}>${row && html`<${Details} row=${row} />`}<//><${Sealing} /></div>`;
}
