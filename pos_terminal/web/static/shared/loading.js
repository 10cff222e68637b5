// Goods and prices on their way here: how many of how many, and what can be done meanwhile.
import { boot } from "kit/boot.js";
import { html, Icon, Progress } from "kit/ui.js";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { Message } from "./message.js";
import { link, status } from "./till.js";

const counted = ({ done, total }) => t("{done} of {total}", { done: number(done), total: number(total) });

/** The bar with its figures; nothing where nothing is being loaded. */
export function LoadingBar() {
  const loading = link.value?.loading;
  if (!loading) return null;
  return html`<div class="loading-bar"><${Progress} value=${loading.done} max=${loading.total} waits=${loading.waits}
      label=${t("Goods and prices")} text=${counted(loading)} />
    <p class="row between"><span class="amount">${counted(loading)}</span>
      <span class="quiet amount">${t("{n}%", { n: number(Math.floor((100 * loading.done) / Math.max(1, loading.total))) })}</span></p></div>`;
}

function words({ loading, online }) {
  if (loading && !loading.waits) {
    return [t("Goods and prices are coming"), boot.kind === "kiosk" ? t("The kiosk opens when all of them are here. Meanwhile its scanner can be plugged in.") : t("Sign-in opens when all of them are here. Meanwhile scanner and printer can be plugged in.")];
  }
  if (loading) return [t("The load waits for the hub"), t("What has come is kept; it goes on from there by itself as soon as the hub answers.")];
  if (online) return [t("Goods and prices are coming"), t("The hub is putting them together. Nothing has to be done here.")];
  return [t("Looking for the hub"), t("It is needed once, to fetch goods, prices and people. This goes on by itself; nothing has to be done here.")];
}

/** A terminal that is set up and has nothing to sell yet. */
export function FirstLoad({ closable = true }) {
  const [title, text] = words(link.value ?? {});
  const waits = !link.value?.online || link.value.loading?.waits;
  const more = link.value?.refused || status.value === "offline";
  return html`<main class="alone first-load">${more && html`<${Message} closable=${closable} may_set_up calm="" />`}
    <div class="empty"><span class="empty-icon"><${Icon} name=${waits ? "cloud-off" : "download"} /></span>
      <h1 class="empty-title">${title}</h1><${LoadingBar} /><p class="empty-text">${text}</p></div></main>`;
}
