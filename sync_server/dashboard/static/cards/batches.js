// Batches of gift cards without money, printed to hang in the shop: each is loaded when it is sold.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { date, dateTime } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Dialog, Empty, Field, html, Status, Switch, Table, toast } from "kit/ui.js";
import { Digits } from "../amounts.js";
import { ask } from "../ask.js";
import { complete, Far, make, making, stop } from "../pages_of_codes.js";
import { print_slips } from "../print.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";

const CODES_MAX = 100_000;
const FRESH = { name: "", codes: 100, pin: true, ends: "" };
const rows = signal([]);
const wanted = signal(null);
const sealing = signal(null);
const refusal = signal(null);

async function load() {
  const { answer, error } = await ask("cards/batches");
  if (answer) rows.value = answer.batches;
  refusal.value = error ?? refusal.value;
}

async function make_rest(row) {
  refusal.value = await make("cards/batches", row.id, row.made, row.wanted);
  await load();
}

async function begin() {
  const { answer, error } = await ask("cards/batches", wanted.value);
  refusal.value = error ?? null;
  if (!answer) return;
  wanted.value = null;
  await load();
  await make_rest({ id: answer.batch, made: answer.made, wanted: answer.wanted });
}

async function print(row) {
  const slips = [];
  let first = 0;
  while (first !== null) {
    const { answer, error } = await ask(`cards/batches/of/${encodeURIComponent(row.id)}/codes?first=${first}`);
    if (error) return void (refusal.value = error);
    slips.push(...answer.codes.map(({ code, pin, bars }) => ({ title: t("Gift card"), code, pin, bars, note: row.expires_at ? t("good until {time}", { time: date(row.expires_at - 1) }) : "" })));
    first = answer.next;
  }
  print_slips(slips);
}

async function seal() {
  const { error } = await ask(`cards/batches/of/${encodeURIComponent(sealing.value.id)}/seal`, {});
  [sealing.value, refusal.value] = [null, error ?? null];
  if (!error) toast({ kind: "good", text: t("Sealed. The codes stay good.") });
  await load();
}

function Actions({ row }) {
  if (making.value === row.id) return html`<${Button} size="small" icon="pause" onClick=${stop}>${t("Stop")}<//>`;
  if (!complete(row)) return html`<${Button} size="small" icon="play" onClick=${() => make_rest(row)}>${t("Make the rest")}<//>`;
  if (row.sealed) return html`<${Status} kind="good" label=${t("Sealed")} />`;
  return html`<span class="row wrap"><${Button} size="small" icon="printer" onClick=${() => print(row)}>${t("Print")}<//>
    <${Button} size="small" icon="download" href=${`/manage/cards/batches/of/${encodeURIComponent(row.id)}/codes.csv`}>CSV<//>
    <${Button} size="small" icon="lock" onClick=${() => (sealing.value = row)}>${t("Seal")}<//></span>`;
}

function Dialogue() {
  const one = wanted.value;
  const set = (part) => (wanted.value = { ...wanted.value, ...part });
  const close = () => (wanted.value = null);
  return html`<${Dialog} open=${Boolean(one)} title=${t("New batch of gift cards")} onClose=${close}
    actions=${html`<${Button} onClick=${close}>${t("Not now")}<//><${Button} kind="primary" disabled=${!one?.name.trim()} onClick=${begin}>${t("Make the codes")}<//>`}>
    ${one && html`<div class="stack"><${Field} label=${t("What you call it")} value=${one.name} maxlength="80" autofocus onInput=${(name) => set({ name })} />
      <${Digits} label=${t("How many cards")} value=${one.codes} least=${1} most=${CODES_MAX} onChange=${(codes) => set({ codes })} />
      <${Switch} label=${t("They ask for a PIN")} checked=${one.pin} onChange=${(pin) => set({ pin })} />
      <${Field} type="datetime-local" label=${t("Good until")} value=${one.ends} hint=${t("Empty: never. By the clock of each store.")} onInput=${(ends) => set({ ends })} /></div>`}<//>
    <${Dialog} asks open=${Boolean(sealing.value)} title=${t("Are the codes printed or saved?")} onClose=${() => (sealing.value = null)}
      actions=${html`<${Button} autofocus onClick=${() => (sealing.value = null)}>${t("Not yet")}<//><${Button} kind="danger" onClick=${seal}>${t("Seal")}<//>`}>
      <p>${t("After that nobody can see them again, also no manager. They stay good.")}</p><//>`;
}

export function Batches() {
  useEffect(() => void load(), []);
  const columns = [
    { key: "name", label: t("Batch"), show: (row) => html`<span class="stack-2"><strong>${row.name}</strong><span class="quiet small">${word(row.by)}, ${dateTime(row.made_at)}</span></span>` },
    { key: "wanted", label: t("Cards"), end: true, show: (row) => html`<${Far} row=${row} />` },
    { key: "pin", label: "PIN", show: (row) => (row.pin ? t("yes") : t("no")) },
    { key: "expires_at", label: t("Good until"), show: (row) => (row.expires_at ? date(row.expires_at - 1) : t("no end")) },
    { key: "state", label: t("Codes"), show: (row) => html`<${Actions} row=${row} />` },
  ];
  return html`<section class="panel stack"><div class="row between wrap"><div><h2>${t("Batches of gift cards")}</h2><p class="quiet small">${t("Cards without money, to hang in the shop. Each is loaded at the till when it is sold.")}</p></div>
      <${Button} icon="plus" onClick=${() => (wanted.value = FRESH)}>${t("New batch")}<//></div><${Refused} text=${refusal.value && sentence(refusal.value)} />
    <${Table} cards caption=${t("Batches of gift cards")} columns=${columns} rows=${rows.value} empty=${html`<${Empty} icon="credit-card" title=${t("No batch yet")} />`} /><${Dialogue} /></section>`;
}
