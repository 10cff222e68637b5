// The cashier's page: which page of the till is shown follows from its phase, and scans are heard on all of them.
import { useEffect, useState } from "preact/hooks";
import { html, Loading, render } from "kit/ui.js";
import { listen } from "kit/wedge.js";
import { keepFocus } from "../shared/keys.js";
import { FirstLoad } from "../shared/loading.js";
import { code, SetUp } from "../shared/set_up.js";
import { act, approval, ask, followLanguage, phase, ready, ringTones, scanTyped, set_up } from "../shared/till.js";
import { Approval, manager_pin } from "./approval.js";
import { asksForCard, SellCardDialog } from "./card_sales.js";
import { Dialogs } from "./dialogs.js";
import { entry } from "./desk.js";
import { Done } from "./done.js";
import { cash, Paying } from "./paying.js";
import { Returned } from "./returned.js";
import { Returning } from "./returning.js";
import { Selling } from "./selling.js";
import { Locked, pin, SignIn } from "./sign_in.js";
import { Top } from "./top.js";
import { Weighing, weight } from "../shared/weighing.js";
import "@preact/signals";

const BIG_MS = 2000;

listen((text) => {
  // The first keys of the scan were taken for typing; they are taken back wherever they went.
  for (const typed of [entry, cash, pin, manager_pin, weight, code]) typed.undoBurst();
  scanTyped(text);
});
ringTones();
followLanguage();

// The change stands large for two seconds; then the till is ready, and the change stays beside the empty list.
function AfterSale() {
  const [big, setBig] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => { setBig(false); act("next"); }, BIG_MS);
    return () => clearTimeout(timer);
  }, []);
  return big ? html`<${Done} />` : html`<${Selling} />`;
}

const PAGES = { needs_hub: FirstLoad, signed_out: SignIn, locked: Locked, selling: Selling, paying: Paying, done: AfterSale, returning: Returning, returned: Returned };

function Till() {
  if (!ready.value) return html`<main class="alone"><${Loading} /></main>`;
  if (set_up.value) return html`<${SetUp} />`;
  const Page = PAGES[phase.value] ?? FirstLoad;
  return html`<div class=${`till ${phase.value}`} onMouseDown=${keepFocus}><${Top} /><${Page} key=${phase.value} />
    <${Dialogs} />${approval.value && html`<${Approval} key=${approval.value.number} />`}${asksForCard() ? html`<${SellCardDialog} key=${ask.value.code} />` : ask.value && html`<${Weighing} />`}</div>`;
}

render(html`<${Till} />`, document.getElementById("app"));
