// One file that is brought in: sent, checked row by row, carried out by the hub; this page only looks on.
import { signal } from "@preact/signals";
import { number } from "kit/format.js";
import { sentence, t, tn } from "kit/i18n.js";
import { Button, html, Progress, Status, Strip, Switch, Table } from "kit/ui.js";
import { ask } from "../ask.js";

const LOOK_MS = 700;

/** The run that is looked at, as the hub tells it, and why the last thing that was asked was refused. */
export const run = signal(null);
export const refusal = signal(null);
const skip = signal(false);
let timer = 0;

export const ended = (one) => ["done", "refused", "stopped"].includes(one.state);
const moving = (one) => ["sending", "checking", "carrying"].includes(one.state);
const of = (id, rest = "") => `exchange/of/${encodeURIComponent(id)}${rest}`;

/** Look at a run until it waits for a person; `onStill()` then. */
export async function watch(id, onStill = () => {}) {
  clearTimeout(timer);
  const { answer, error } = await ask(of(id));
  if (answer) run.value = answer;
  refusal.value = error ?? null;
  // A hub that is away comes back, and goes on where it was.
  if (error || moving(answer)) timer = setTimeout(() => watch(id, onStill), LOOK_MS);
  else onStill();
}

export const look_away = () => clearTimeout(timer);

/** Send a file in parts: whether all of it is there. A part that got lost on the way is sent once more by whoever asks again. */
export async function send(one, file, size) {
  run.value = { ...one, bad: [] };
  skip.value = false;
  for (let place = 0; place < file.size; place += size) {
    const heard = await fetch(`/manage/${of(one.id, `/part?place=${place}`)}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file.slice(place, place + size) }).catch(() => null);
    const answer = await heard?.json().catch(() => null);
    if (!heard?.ok) {
      refusal.value = answer?.error ?? { message: t("The file could not be sent. Nothing was changed; choose it again."), params: {} };
      run.value = null;
      return false;
    }
    run.value = { ...answer, bad: [] };
  }
  return true;
}

async function act(rest, body, onStill) {
  const { error } = await ask(of(run.value.id, rest), body);
  refusal.value = error ?? null;
  await watch(run.value.id, onStill);
}

function told(one) {
  const rows = tn("{n} row", "{n} rows", one.rows, { n: number(one.rows) });
  if (one.state === "sending") return t("The file is sent");
  if (one.state === "checking") return t("The rows are checked: {rows}", { rows });
  return t("The rows are brought in: {rows}", { rows });
}

/** What a run is doing or has come to, as a dot and a word. */
export function State({ one }) {
  const kind = { sending: "busy", checking: "busy", checked: one.refused ? "attention" : "good", carrying: "busy", done: "good", refused: "trouble", stopped: "idle" }[one.state];
  const label = { sending: t("Is sent"), checking: t("Is checked"), checked: t("Checked"), carrying: t("Is brought in"), done: t("Brought in"), refused: t("Cannot be read"), stopped: t("Stopped") }[one.state];
  return html`<${Status} kind=${kind} label=${label} />`;
}

const bad_columns = () => [
  { key: "line", label: t("Line"), end: true, show: (row) => number(row.line) },
  { key: "reason", label: t("What is wrong"), show: (row) => sentence(row.reason) },
];

function Bad({ one }) {
  if (!one.bad.length || moving(one)) return null;
  const more = one.refused - one.bad.length;
  return html`<div class="stack"><h3>${tn("{n} bad row", "{n} bad rows", one.refused, { n: number(one.refused) })}</h3>
    <${Table} caption=${t("Bad rows")} columns=${bad_columns()} rows=${one.bad.map((row) => ({ id: row.line, ...row }))} />
    <div class="row between wrap"><span class="quiet small">${more > 0 && t("and {n} more", { n: number(more) })}</span>
      <${Button} icon="download" href=${`/manage/${of(one.id, "/bad.csv")}`}>${t("Save the bad rows as CSV")}<//></div></div>`;
}

function Found({ one, onStill }) {
  const wanted = tn("{n} row would change something", "{n} rows would change something", one.changed, { n: number(one.changed) });
  const leave = () => act("/stop", {}, () => { run.value = null; onStill(); });
  return html`<p>${tn("{n} row was read.", "{n} rows were read.", one.rows, { n: number(one.rows) })} ${wanted}. ${t("Nothing is changed yet.")}</p><${Bad} one=${one} />
    ${one.refused > 0 && html`<${Switch} label=${t("Bring the good rows in although others are bad")} checked=${skip.value} onChange=${(value) => (skip.value = value)} />`}
    <div class="row wrap"><${Button} onClick=${leave}>${t("Leave it")}<//><${Button} kind="primary" icon="inbox" disabled=${(one.refused > 0 && !skip.value) || !one.changed}
      onClick=${() => act("/go", { skip_bad: skip.value }, onStill)}>${t("Bring it in")}<//></div>`;
}

/** The run that is looked at. */
export function Run({ onStill }) {
  const one = run.value;
  const [value, max] = one.state === "sending" ? [one.received, one.size] : [one.place, one.size];
  return html`<section class="panel stack exchange-run" aria-live="polite"><div class="row between wrap"><h2>${one.file}</h2><${State} one=${one} /></div>
    ${moving(one) && html`<div class="stack-2"><${Progress} label=${one.file} value=${value} max=${max} text=${told(one)} /><p class="small amount">${told(one)}</p></div>
      <p class="quiet small">${one.state === "sending" ? t("Stay here until it is sent.") : t("You may go away: the hub goes on by itself, also after it was switched off.")}</p>
      ${one.state !== "sending" && html`<div><${Button} icon="pause" onClick=${() => act("/stop", {}, onStill)}>${t("Stop")}<//></div>`}`}
    ${one.state === "checked" && html`<${Found} one=${one} onStill=${onStill} />`}
    ${one.state === "done" && html`<p>${tn("{n} row was changed.", "{n} rows were changed.", one.changed, { n: number(one.changed) })}</p><${Bad} one=${one} />`}
    ${one.state === "stopped" && html`<p>${t("What was done stays done. Choose the file again for the rest: rows that are done already change nothing.")}</p>`}
    ${one.state === "refused" && html`<${Strip} kind="attention">${sentence(one.why)}<//>`}</section>`;
}
