// The drawer of receipts: today's of this till, or any that is typed or scanned; one of them is opened to take goods back.
import { useEffect, useState } from "preact/hooks";
import { Amount, Badge, Button, Drawer, Empty, html, Loading, Search } from "kit/ui.js";
import { number, time } from "kit/format.js";
import { sentence, t, tn } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { act, amount, phase, refusal } from "../shared/till.js";
import { named } from "../shared/words.js";

const NUMBER_MAX_CHARS = 20;

function Receipt({ sale, onOpen }) {
  const more = sale.lines > 1 ? ` ${tn("and {n} more", "and {n} more", sale.lines - 1)}` : "";
  return html`<li><button type="button" class="receipt-row" onClick=${onOpen}>
    <span class="receipt-number">${sale.number}<span class="quiet small">${time(sale.at)}</span></span>
    <span class="grow clip">${named(sale.names) || t("Gift card")}<span class="quiet small">${more}</span></span>
    ${sale.returned > 0 && html`<${Badge} kind="attention" icon="undo-2"><${Amount} value=${amount(-sale.returned)} size=${14} plain /><//>`}
    <${Amount} value=${amount(sale.total)} strong plain /></button></li>`;
}

/** Returns of the day, or with the number that is typed: each slip can be printed again. */
function Slips({ rows }) {
  const [printed, setPrinted] = useState("");
  const copy = async (one) => { if (await act("return_slip", { document: one.id }) !== null) setPrinted(one.id); };
  return rows.length > 0 && html`<section><h3 class="group-word">${t("Goods that came back")}</h3><ul class="receipt-list" aria-label=${t("Goods that came back")}>${rows.map((one) => html`
    <li key=${one.id} class="slip-row"><span class="receipt-number grow">${one.number}<span class="quiet small">${time(one.at)}</span></span><${Amount} value=${amount(-one.total)} strong plain />
      <${Button} size="small" icon=${printed === one.id ? "check" : "printer"} label=${t("Copy of {number}", { number: one.number })} onClick=${() => copy(one)}>${t("Copy")}<//></li>`)}</ul></section>`;
}

/** What the receipts of the day add up to: what a count of the drawer has to find on top of its float. */
function Day({ day }) {
  return html`<dl class="day">
    <div><dt>${t("Sales today: {count}", { count: number(day.sold.count) })}</dt><dd><${Amount} value=${amount(day.sold.total)} /></dd></div>
    <div><dt>${t("Given back: {count}", { count: number(day.returned.count) })}</dt><dd><${Amount} value=${amount(-day.returned.total)} /></dd></div>
    <div class="strong"><dt>${t("Cash that came in, less what was given back")}</dt><dd><${Amount} value=${amount(day.cash)} /></dd></div></dl>`;
}

export function Receipts({ close }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState(null);
  const open = async (what) => { if (await act("return_find", { text: what }) !== null) close(); };
  useEffect(() => {
    let current = true;
    act("receipts", { ends: text.trim() }).then((answer) => { if (current && answer) setFound({ ...answer, of: text }); });
    return () => { current = false; };
  }, [text]);
  // A receipt that was scanned opens by itself.
  useEffect(() => { if (phase.value === "returning") close(); }, [phase.value]);
  const submit = () => {
    // A scanner types and presses Enter before the list has followed: the one row of an older list is another receipt.
    if (text.trim()) open(found?.of === text && found.sales.length === 1 ? found.sales[0].id : text.trim());
  };
  useKeys((event) => event.key === "Enter" && (submit(), true));
  const rows = found?.sales ?? [];
  return html`<${Drawer} open title=${t("Which receipt?")} onClose=${close}><div class="stack-2 receipts">
    <${Search} autofocus value=${text} maxlength=${NUMBER_MAX_CHARS} onInput=${setText} label=${t("Number on the receipt")} placeholder=${t("Number, or its last digits")} />
    <p class=${refusal.value ? "field-error" : "quiet small"} role=${refusal.value ? "alert" : undefined}>${refusal.value ? sentence(refusal.value)
      : t("Or scan the code on the receipt. A receipt of another till is asked for with its whole number and Enter.")}</p>
    ${!found ? html`<${Loading} lines=${4} />` : rows.length === 0 ? html`<${Empty} icon="receipt" title=${text ? t("No such receipt of this till") : t("No sale yet today")} />`
      : html`<ul class="receipt-list" aria-label=${t("Receipts")}>${rows.map((sale) => html`<${Receipt} key=${sale.id} sale=${sale} onOpen=${() => open(sale.id)} />`)}</ul>`}
    <${Slips} rows=${found?.returns ?? []} />
    ${found && html`<${Day} day=${found} />`}</div><//>`;
}
