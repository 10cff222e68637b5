// The sync page: what needs a person, the company at a glance, the terminals of the store, and how quick it is.
import { html } from "kit/ui.js";
import { Exceptions, Settled } from "./exceptions.js";
import { Latency } from "./latency.js";
import { Stores } from "./stores.js";
import { Terminals } from "./terminals.js";

/** Whatever waits for a person comes first; a store where nothing does begins with the overview. */
export function Sync({ day, stores }) {
  const cases = html`<${Exceptions} rows=${day.exceptions} waiting=${day.waiting} currency=${day.today.currency} />`;
  const terminals = Object.values(day.terminals);
  return html`<div class="manage-stack">
    ${day.waiting > 0 && cases}
    <${Stores} rows=${stores} />
    <${Terminals} rows=${terminals} />
    <${Latency} rows=${day.latency} />
    ${day.waiting === 0 && cases}
    <${Settled} rows=${day.settled} />
  </div>`;
}
