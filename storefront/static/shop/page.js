// Makes the catalogue's pages live: the buttons that add, and a word where a kept page may be old.
import { boot } from "kit/boot.js";
import { t } from "kit/i18n.js";
import { Button, html, render, Strip, toast } from "kit/ui.js";
import { away, signInAddress } from "./frame.js";
import { add, shopper } from "./live.js";
import { forgetPages } from "./kept_pages.js";
import { moment } from "./moment.js";
import { addWanted, want } from "./wanted.js";

const STALE_AFTER_MS = 10 * 60_000;

const said = () => toast({
  kind: "good", text: away.value ? t("Kept. It is sent when the connection is back.") : t("Added to the cart"),
  action: { label: t("Cart"), onClick: () => location.assign("/cart") },
});

async function pressed(event) {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const product = JSON.parse(button.dataset.add);
  if (!shopper) {
    want(product);
    location.assign(signInAddress());
    return;
  }
  if (await add(product)) said();
}

async function again() {
  await forgetPages();
  location.reload();
}

function warnOfAge() {
  if (!boot.made_at || Date.now() - boot.made_at < STALE_AFTER_MS || !navigator.onLine) return;
  const action = html`<${Button} size="small" onClick=${again}>${t("Refresh")}<//>`;
  render(html`<${Strip} kind="idle" icon="clock" action=${action}>${t("Prices and stock as of {time}.", { time: moment(boot.made_at) })}<//>`,
    document.getElementById("dock"));
}

// The chosen department stands in sight in its row; only the row moves, and only before anything was touched.
const chosen = document.querySelector(".aisles [aria-current]");
if (chosen) chosen.closest(".aisles").scrollLeft = chosen.offsetLeft - 16;

document.addEventListener("click", pressed);
addWanted(said);
warnOfAge();
