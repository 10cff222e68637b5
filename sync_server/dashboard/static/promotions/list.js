// All promotions: how each stands, what it gives, who changed it last.
import { computed, signal } from "@preact/signals";
import { dateTime } from "kit/format.js";
import { sentence, t } from "kit/i18n.js";
import { Badge, Button, Empty, html, Loading, Search, Status, Table } from "kit/ui.js";
import { ask } from "../ask.js";
import { word } from "../words.js";
import { load_words, name_goods, words } from "./draft.js";
import { gives, holds, state_of, times } from "./words.js";

const rows = signal(null);
const refusal = signal(null);
const wanted = signal("");
const sort = signal({ key: "state", direction: "ascending" });
const RANK = { running: 0, waiting: 1, paused: 2, ended: 3 };
const VALUES = { names: (row) => word(row.body.names), state: (row) => RANK[row.state], at: (row) => row.at };

/** Fetch the list anew: it is shown as it was until the answer is there. */
export async function load() {
  await load_words();
  const { answer, error } = await ask("promotions");
  refusal.value = error ?? null;
  if (!answer) return;
  rows.value = answer.promotions;
  await name_goods(answer.promotions.map((row) => row.body));
}

const shown = computed(() => {
  const text = wanted.value.trim().toLocaleLowerCase();
  const { key, direction } = sort.value;
  const way = direction === "descending" ? -1 : 1;
  const order = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return (rows.value ?? []).filter((row) => !text || `${row.id} ${Object.values(row.body.names).join(" ")}`.toLocaleLowerCase().includes(text))
    .sort((one, other) => way * order(VALUES[key](one), VALUES[key](other)) || one.id.localeCompare(other.id));
});

const columns = () => [
  { key: "names", label: t("Promotion"), sortable: true, show: (row) => html`<span class="stack-2 promotion-name"><strong>${word(row.body.names)}</strong>
    <span class="quiet small">${gives(row.body.benefit)}</span></span>` },
  { key: "state", label: t("State"), sortable: true, show: (row) => html`<${Status} kind=${state_of(row.state)[0]} label=${state_of(row.state)[1]} />` },
  { key: "conditions", label: t("Conditions"), show: (row) => html`<span class="promotion-when">${[...row.body.conditions.map(holds)].join(", ") || "–"}
    ${row.body.coupon && html` <${Badge} icon="ticket">${t("coupon")}<//>`}</span>` },
  { key: "times", label: t("Time"), show: (row) => times(row.body) },
  { key: "at", label: t("Changed last"), sortable: true, show: (row) => html`<span class="quiet small">${row.by ? `${word(row.by)}, ` : ""}${dateTime(row.at)}</span>` },
];

const open = (row) => (location.hash = `promotions/${encodeURIComponent(row.id)}`);

/** The list; a row opens to the promotion. */
export function List() {
  if (!rows.value || !words.value) return refusal.value ? html`<${Empty} kind="trouble" icon="cloud-off" title=${sentence(refusal.value)} />` : html`<${Loading} label=${t("Fetching the promotions")} lines=${6} />`;
  return html`<section class="panel stack"><div class="row between wrap"><div><h2>${t("Promotions")}</h2>
      <p class="quiet small">${t("What gives something off, or points. Open one to change it, try it and see who did what.")}</p></div>
      <${Button} kind="primary" icon="plus" href="#promotions/new">${t("New promotion")}<//></div>
    ${rows.value.length > 8 && html`<${Search} label=${t("Find a promotion")} value=${wanted.value} onInput=${(text) => (wanted.value = text)} />`}
    <${Table} cards caption=${t("Promotions")} columns=${columns()} rows=${shown.value} sort=${sort.value} onSort=${(value) => (sort.value = value)} onOpen=${open}
      empty=${html`<${Empty} icon="badge-percent" title=${t("No promotion")}>${t("The first one is made with the button above.")}<//>`} /></section>`;
}
