// What every page of the shop has: the count at the cart, the strip that says how the connection is, messages.
import { computed, effect, signal } from "@preact/signals";
import { moment } from "./moment.js";
import { t, tn } from "kit/i18n.js";
import { Button, html, render, Strip, Toasts } from "kit/ui.js";
import { askToAllow } from "./approval.js";
import { cart, known_at, outdated, shopper, status } from "./live.js";
import { forgetPages, keepPages, registerWorker } from "./kept_pages.js";
import { announcePaid } from "./paid.js";
import { unsent } from "./sender.js";
import { lasting } from "./stored.js";

const reachable = signal(navigator.onLine);
addEventListener("online", () => { reachable.value = true; });
addEventListener("offline", () => { reachable.value = false; });

/** Whether this phone has no connection now; a guest's page only knows what the system says. */
export const away = computed(() => (shopper ? status.value === "offline" || !reachable.value : !reachable.value));

export const signInAddress = () => `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;

async function again() {
  await forgetPages();
  location.reload();
}

function Connection() {
  if (status.value === "signed_out") {
    return html`<${Strip} kind="attention" icon="log-in" action=${html`<${Button} size="small" href=${signInAddress()}>${t("Sign in")}<//>`}>
      ${t("You are signed out here. What you see is kept from before.")}<//>`;
  }
  if (outdated.value) {
    return html`<${Strip} kind="attention" icon="refresh-cw" action=${html`<${Button} size="small" onClick=${again}>${t("Load again")}<//>`}>
      ${t("The shop was updated. Load the page again to go on; what waits is kept.")}<//>`;
  }
  if (!lasting.value && shopper) {
    return html`<${Strip} kind="attention" icon=${away.value ? "wifi-off" : "info"}>${away.value && t("No connection.")} ${
      t("This browser keeps nothing for the shop. What you change goes through only while there is a connection.")}<//>`;
  }
  if (!away.value) return null;
  const waits = unsent.value > 0 && tn("{n} change waits to be sent.", "{n} changes wait to be sent.", unsent.value);
  const since = known_at.value && t("What you see is from {time}.", { time: moment(known_at.value) });
  return html`<${Strip} kind="attention" icon="wifi-off">${t("No connection.")} ${shopper
    ? html`${since} ${waits || t("What you add is kept and sent later.")}` : t("Pages you have seen still work.")}<//>`;
}

function countCart() {
  const count = cart.value ? Object.keys(cart.value.lines).length : 0;
  for (const place of document.querySelectorAll("[data-cart-count]")) {
    place.textContent = String(count);
    place.hidden = count === 0;
    place.title = tn("{n} line in the cart", "{n} lines in the cart", count);
  }
}

function mount() {
  render(html`<${Connection} />`, document.getElementById("strip"));
  render(html`<${Toasts} />`, document.getElementById("toasts"));
  effect(countCart);
  announcePaid();
  askToAllow();
  const foot = document.getElementById("foot");
  // Messages and the end of the page stay clear of whatever stands at the bottom.
  new ResizeObserver(() => document.documentElement.style.setProperty("--kit-bottom", `${foot.offsetHeight}px`)).observe(foot);
  registerWorker();
  keepPages(shopper !== null);
}

mount();
