// The company at a glance: a tile for each store with its worst state, and nothing that moves.
import { boot } from "kit/boot.js";
import { number } from "kit/format.js";
import { t, tn } from "kit/i18n.js";
import { Badge, html, Status } from "kit/ui.js";
import { now } from "./feed.js";
import { span, word } from "./words.js";

const STATES = {
  good: () => t("All is well"), attention: () => t("Needs a look"), trouble: () => t("Needs somebody now"), idle: () => t("Nothing connected yet"),
};

function Tile({ store }) {
  const waits = store.unsent > 0;
  return html`<li class=${`store-tile ${store.state}`}>
    <p class="row between wrap"><strong>${word(store.names)}</strong>${store.id === boot.store && html`<${Badge} kind="accent">${t("yours")}<//>`}</p>
    <p class="quiet small">${word(store.address)}</p>
    <${Status} kind=${store.state} label=${STATES[store.state]()} />
    <dl class="tile-figures">
      <div><dt>${t("Online")}</dt><dd class="amount">${t("{here}/{all}", { here: number(store.online), all: number(store.terminals) })}</dd></div>
      <div><dt>${t("Unsent")}</dt><dd class="amount">${number(store.unsent)}${waits ? html` <span class="quiet small">${span(Math.max(0, now.value - store.oldest_unsent))}</span>` : ""}</dd></div>
      <div><dt>${t("Open cases")}</dt><dd class="amount">${number(store.waiting)}</dd></div>
    </dl></li>`;
}

/** The map of stores, always in the same order. */
export function Stores({ rows }) {
  const stores = Object.values(rows).sort((one, other) => word(one.names).localeCompare(word(other.names)));
  if (!stores.length) return null;
  const look = stores.filter((one) => one.state === "attention" || one.state === "trouble").length;
  return html`<section class="panel stack"><h2>${t("Stores")}</h2>
    <p class="quiet small">${look ? tn("{n} store needs a look.", "{n} stores need a look.", look, { n: look }) : t("No store needs a look.")}
      ${" "}${t("A store is as well as the worst of its terminals; a case that waits makes it need a look.")}</p>
    <ul class="store-map">${stores.map((store) => html`<${Tile} key=${store.id} store=${store} />`)}</ul></section>`;
}
