// The cash drawer: slides open on its pulse, a click pushes it shut.
import { t } from "kit/i18n.js";
import { Button, Icon, Status, html } from "kit/ui.js";
import { counters, current, order } from "./link.js";

const NOTES = [5, 10, 20, 50, 100];
const COINS = 6;

export function Drawer() {
  const devices = counters[current.value].devices.value;
  const open = Boolean(devices?.drawer_open);
  const stuck = Boolean(devices?.faults.drawer_stuck);
  return html`<section class="b-device b-drawer" aria-label=${t("Cash drawer")}>
    <header><h2><${Icon} name="vault" />${t("Cash drawer")}</h2>
      <${Status} kind=${open ? "attention" : "idle"} icon=${open ? "lock-open" : "lock"} label=${open ? t("Open") : t("Closed")} />
      <${Button} size="small" pressed=${stuck} onClick=${() => order("fault", { device: "drawer", fault: "drawer_stuck", on: !stuck })}>${t("Stuck")}<//></header>
    <div class="b-well"><p class="b-well-hint">${t("It opens when the till takes cash.")}</p>
      <button type="button" class="b-tray" data-open=${open ? "" : undefined} disabled=${!open} onClick=${() => order("drawer")} aria-label=${t("Push the drawer shut")}>
        <span class="b-notes" aria-hidden="true">${NOTES.map((note) => html`<i key=${note} data-note=${note}></i>`)}</span>
        <span class="b-coins" aria-hidden="true">${Array.from({ length: COINS }, (_, i) => html`<i key=${i}></i>`)}</span>
        <span class="b-front"><span class="b-lock" aria-hidden="true"></span><span class="b-push">${t("Click to push it shut")}</span></span>
      </button>
    </div>
  </section>`;
}
