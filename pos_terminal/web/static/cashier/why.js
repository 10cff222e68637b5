// Why the current line costs what it costs: from the price of one to what is paid, as the till computed it.
import { useEffect, useState } from "preact/hooks";
import { Amount, Button, Dialog, html, Loading } from "kit/ui.js";
import { t } from "kit/i18n.js";
import { useKeys } from "../shared/keys.js";
import { act, amount } from "../shared/till.js";
import { countOf, named } from "../shared/words.js";
import { current, dialog } from "./desk.js";

const close = () => { dialog.value = ""; };

function word(row, line) {
  if (row.kind === "own_price") return t("Price of the product");
  if (row.kind === "price_list") return t("By price list {name}, version {version}", { name: row.of, version: row.version });
  if (row.kind === "amount") return `× ${countOf(line)}`;
  if (row.kind === "promotion") return named(row.names);
  if (row.kind === "tax_added") return t("Tax {tax}", { tax: named(row.names) });
  if (row.kind === "tax_inside") return t("incl. {tax}", { tax: named(row.names) });
  return t("Total");
}

export function WhyDialog() {
  const [line] = useState(current.value);
  const [found, setFound] = useState(null);
  useEffect(() => { act("why", { line: line.id }).then((answer) => setFound(answer ?? { rows: [] })); }, [line.id]);
  useKeys((event) => event.key === "Enter" && (close(), true));
  return html`<${Dialog} open title=${t("Why this price")} onClose=${close} actions=${html`<${Button} kind="primary" keys="Enter" onClick=${close}>${t("Close")}<//>`}>
    <p class="strong question" tabindex="-1" autofocus>${named(line.names)}</p>
    ${found ? html`<dl class="why">${found.rows.map((row) => html`<div class=${`why-${row.kind}`}><dt>${word(row, line)}</dt>
      <dd><${Amount} value=${amount(row.amount)} size=${14} plain /></dd></div>`)}</dl>` : html`<${Loading} lines=${4} />`}<//>`;
}
