// The cashier's page: which page of the till is shown follows from its phase, and scans are heard on all of them.
import { useEffect, useState } from "preact/hooks";
import { Empty, html, Loading, render } from "kit/ui.js";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { listen } from "kit/wedge.js";
import { keepFocus } from "../shared/keys.js";
import { Message } from "../shared/message.js";
import { act, ask, followLanguage, link, phase, ready, ringTones, scanTyped } from "../shared/till.js";
import { Dialogs } from "./dialogs.js";
import { entry } from "./desk.js";
import { Done } from "./done.js";
import { cash, Paying } from "./paying.js";
import { Selling } from "./selling.js";
import { Locked, pin, SignIn } from "./sign_in.js";
import { Top } from "./top.js";
import { Weighing, weight } from "../shared/weighing.js";
import "@preact/signals";

const BIG_MS = 2000;

listen((text) => {
  // The first keys of the scan were taken for typing; they are taken back wherever they went.
  for (const typed of [entry, cash, pin, weight]) typed.undoBurst();
  scanTyped(text);
});
ringTones();
followLanguage();

function NeedsHub() {
  const loading = link.value?.loading;
  return html`<main class="alone"><${Message} calm="" /><${Empty} icon="cloud-off" title=${t("This till has not met its hub yet")}>
    ${loading ? t("Goods and prices are coming: {done} of {total}.", { done: number(loading.done), total: number(loading.total) })
      : t("It needs the hub once, to fetch goods, prices and people. It tries by itself; nothing has to be done here.")}<//></main>`;
}

// The change stands large for two seconds; then the till is ready, and the change stays beside the empty list.
function AfterSale() {
  const [big, setBig] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => { setBig(false); act("next"); }, BIG_MS);
    return () => clearTimeout(timer);
  }, []);
  return big ? html`<${Done} />` : html`<${Selling} />`;
}

const PAGES = { needs_hub: NeedsHub, signed_out: SignIn, locked: Locked, selling: Selling, paying: Paying, done: AfterSale };

function Till() {
  if (!ready.value) return html`<main class="alone"><${Loading} /></main>`;
  const Page = PAGES[phase.value] ?? NeedsHub;
  return html`<div class=${`till ${phase.value}`} onMouseDown=${keepFocus}><${Top} /><${Page} key=${phase.value} />
    <${Dialogs} />${ask.value && html`<${Weighing} />`}</div>`;
}

render(html`<${Till} />`, document.getElementById("app"));
