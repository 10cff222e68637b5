// The device bench: a counter seen from above.
import { t } from "kit/i18n.js";
import { Toasts, html, render } from "kit/ui.js";
import { Drawer } from "./drawer.js";
import { Head } from "./head.js";
import { Printer } from "./printer.js";
import { Scanner } from "./scanner.js";
import { Shelf } from "./shelf.js";
import { Wire } from "./wire.js";

function Bench() {
  return html`<div class="b-page"><${Head} />
    <main class="b-counter" aria-label=${t("Counter")}><${Shelf} />
      <div class="b-middle"><${Scanner} /><${Drawer} /></div><${Printer} /></main>
    <${Wire} /><${Toasts} /></div>`;
}

render(html`<${Bench} />`, document.getElementById("app"));
