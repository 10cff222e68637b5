// The bar at the top: where we are, who sells, and whether everything that the till needs is there.
import { effect, signal } from "@preact/signals";
import { Badge, Button, html, Icon, Status, Stopwatch } from "kit/ui.js";
import { number, time } from "kit/format.js";
import { t } from "kit/i18n.js";
import { minute } from "../shared/clock.js";
import { demo, devices, link, needs_you, scanned_at, staff, store, terminal } from "../shared/till.js";
import { deviceState, named } from "../shared/words.js";
import { dialog } from "./desk.js";

const query = matchMedia("(min-width: 90rem)");
const wide = signal(query.matches);
query.addEventListener("change", () => { wide.value = query.matches; });

function Device({ icon, name, state, note = "" }) {
  const { kind, word } = deviceState(state);
  const fine = kind === "good";
  return html`<${Status} kind=${kind} icon=${icon} compact=${fine && !wide.value}
    label=${fine ? name : t("{device}: {state}", { device: name, state: word })} note=${note} />`;
}

const rank = ["fault", "disconnected", "degraded", "connecting", "closed", "online"];
const worst = (list) => list.reduce((one, other) => (rank.indexOf(other.state) < rank.indexOf(one.state) ? other : one));

function Devices() {
  const { scanners = [], printer, drawer } = devices.value ?? {};
  return html`
    ${scanners.length > 0 && html`<${Device} icon="scan-barcode" name=${t("Scanner")} state=${worst(scanners).state} />`}
    ${printer && html`<${Device} icon="printer" name=${t("Printer")} state=${printer.state}
      note=${printer.waiting && wide.value ? t("{n} waiting", { n: printer.waiting }) : ""} />`}
    ${drawer && html`<${Status} kind=${drawer.open ? "attention" : "good"} icon="inbox" compact=${!drawer.open && !wide.value}
      label=${drawer.open ? t("Drawer open") : t("Drawer")} />`}`;
}

const SETTLES_MS = 400;
// How much has not been sent, as it is shown. With a link each scan is unsent for a moment, which nobody needs to see.
const waiting = signal(0);
let looking = 0;

effect(() => {
  const { online = false, unsent = 0 } = link.value ?? {};
  if (online && unsent) {
    looking ||= setTimeout(() => { looking = 0; waiting.value = link.value.unsent; }, SETTLES_MS);
  } else {
    clearTimeout(looking);
    looking = 0;
    waiting.value = unsent;
  }
});

function Link() {
  const { online } = link.value;
  const unsent = waiting.value;
  return html`<${Status} kind=${online ? "good" : "attention"} icon=${online ? "cloud-check" : "cloud-off"}
      label=${online ? t("Link") : t("No link")} />
    <span class=${`unsent small amount ${unsent ? "strong" : "quiet"}`}>${t("{n} unsent", { n: number(unsent) })}</span>`;
}

export function Top() {
  return html`<header class="top">
    <p class="where clip"><${Icon} name="store" /><span class="strong clip">${named(store.value?.names)}</span>
      <span class="quiet clip">${named(terminal.value?.names)}</span></p>
    ${staff.value && html`<p class="who clip"><${Icon} name="user" /><span class="clip">${staff.value.name}</span></p>`}
    <span class="grow"></span>
    ${needs_you.value?.length > 0 && html`<${Button} kind="quiet" size="small" icon="bell" label=${t("Needs you")} onClick=${() => { dialog.value = "needs_you"; }}>
      ${wide.value && t("Needs you")} <${Badge} kind="attention">${needs_you.value.length}<//><//>`}
    ${demo.value && html`<${Stopwatch} since=${scanned_at.value} label=${wide.value ? undefined : ""} />`}
    <div class="signs">${link.value && html`<${Link} />`}<${Devices} /></div>
    <time class="clock amount strong">${time(minute.value)}</time>
  </header>`;
}
