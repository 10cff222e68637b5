// The page "files": bring products, prices and balances in from a file, and take them out.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dateTime, number } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Empty, html, Loading, Select, Table } from "kit/ui.js";
import { ask } from "../ask.js";
import { Refused } from "../promotions/history.js";
import { word } from "../words.js";
import { ended, look_away, refusal, Run, run, send, State, watch } from "./run.js";

const told = signal(null);
const kind = signal("products");
const file = signal(null);
const busy = signal(false);

const NAMES = () => ({
  products: t("Products"), prices: t("Prices"), "price-lists": t("Price lists"), "list-prices": t("Prices of price lists"),
  promotions: t("Promotions"), cards: t("Customers’ cards"), balances: t("Points of customers"),
  credits: t("Store credit"), "gift-cards": t("Money on gift cards"),
});
const ABOUT = () => ({
  products: t("What there is: names, department, tax, price."), prices: t("One price for each product, in the smallest unit of money."),
  "price-lists": t("When, where and for whom a list holds."), "list-prices": t("What a product costs on a list, by quantity."),
  promotions: t("Benefit, conditions, beginning and end."), cards: t("The number of a card, and whose it is."), balances: t("How many points a customer has."),
  credits: t("What the shop owes a customer, in the smallest unit of money."), "gift-cards": t("What is on each card that is here. A code is never taken out."),
});

async function load() {
  const { answer, error } = await ask("exchange");
  refusal.value = error ?? refusal.value;
  if (answer) told.value = answer;
}

async function open() {
  await load();
  // What I left under way is what I want to see first.
  const mine = told.value?.runs.find((one) => one.mine && !ended(one) && one.state !== "sending");
  if (mine) await watch(mine.id, load);
}

async function bring() {
  busy.value = true;
  const { answer, error } = await ask("exchange", { kind: kind.value, file: file.value.name, size: file.value.size });
  refusal.value = error ?? null;
  if (answer && (await send(answer, file.value, told.value.part))) {
    file.value = null;
    void watch(answer.id, load);
  }
  busy.value = false;
}

const columns = () => [
  { key: "file", label: t("File"), show: (row) => html`<span class="stack-2"><strong>${row.file}</strong><span class="quiet small">${NAMES()[row.kind] ?? row.kind}</span></span>` },
  { key: "state", label: t("State"), show: (row) => html`<${State} one=${row} />` },
  { key: "changed", label: t("Changed"), end: true, show: (row) => number(row.state === "checked" ? 0 : row.changed) },
  { key: "refused", label: t("Bad rows"), end: true, show: (row) => number(row.refused) },
  { key: "at", label: t("Who and when"), show: (row) => t("{name}, {time}", { name: word(row.by), time: dateTime(row.at) }) },
];

function Bring() {
  const waits = run.value && !ended(run.value);
  return html`<section class="panel stack"><div><h2>${t("Bring a file in")}</h2><p class="quiet small">${t("First every row is checked and nothing is changed. Then you decide.")}</p></div>
    <div class="pair"><${Select} label=${t("What is in it")} options=${options()} value=${kind.value} onChange=${(value) => (kind.value = value)} />
      <label class="field"><span class="field-label">${t("File (CSV or JSON Lines)")}</span>
        <input class="file-input" type="file" accept=".csv,.jsonl,.ndjson" onChange=${(event) => (file.value = event.currentTarget.files[0] ?? null)} /></label></div>
    <p class="quiet small">${ABOUT()[kind.value]} ${t("At most {limit} MB.", { limit: number(told.value.limit / 1024 / 1024) })}</p>
    <${Refused} text=${refusal.value && sentence(refusal.value)} />
    <div><${Button} kind="primary" icon="inbox" busy=${busy.value} disabled=${!file.value || waits} onClick=${bring}>${t("Check the file")}<//></div></section>`;
}

function Take() {
  const save = (ending) => `/manage/exchange/export/${kind.value}.${ending}`;
  return html`<section class="panel stack"><div><h2>${t("Take a file out")}</h2><p class="quiet small">${t("The same columns, so it can be changed and brought in again.")}</p></div>
    <${Select} label=${t("What to take out")} options=${options()} value=${kind.value} onChange=${(value) => (kind.value = value)} />
    <div class="row wrap"><${Button} icon="download" href=${save("csv")}>${t("Save as CSV")}<//><${Button} icon="download" href=${save("jsonl")}>${t("Save as JSON Lines")}<//></div></section>`;
}

const options = () => told.value.kinds.map((id) => ({ id, label: NAMES()[id] ?? id }));

/** Files in and out. */
export function Exchange() {
  useEffect(() => { void open(); return look_away; }, []);
  if (!told.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the files")} lines=${6} />`;
  return html`<div class="manage-stack"><${Bring} />${run.value && html`<${Run} onStill=${load} />`}<${Take} />
    <section class="panel stack"><h2>${t("Files of the last 30 days")}</h2><${Table} cards caption=${t("Files of the last 30 days")} columns=${columns()} rows=${told.value.runs} onOpen=${(one) => watch(one.id, load)}
      empty=${html`<${Empty} icon="receipt" title=${t("No file yet")}>${t("What is brought in stands here, with who did it.")}<//>`} /></section></div>`;
}
