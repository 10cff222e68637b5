// The receipt printer: paper out of its slot, its lamp, and its faults.
import { useEffect, useRef } from "preact/hooks";
import { t } from "kit/i18n.js";
import { Button, Icon, Status, html } from "kit/ui.js";
import { counters, current, order } from "./link.js";
import { PaperLine } from "./paper.js";

const fault = (name, on = true) => order("fault", { device: "printer", fault: name, on });

// The order is that of importance: the first one that holds is what the lamp says.
const STANDS = [
  ["off", "trouble", () => t("Switched off")],
  ["cover_open", "trouble", () => t("Cover open")],
  ["paper_out", "trouble", () => t("Out of paper")],
  ["deaf", "attention", () => t("Gives no answer")],
  ["slow", "attention", () => t("Slow")],
  ["near_end", "attention", () => t("Paper near its end")],
];

function Lamp({ faults }) {
  const [, kind, word] = STANDS.find(([name]) => faults[name]) ?? ["", "good", () => t("Ready")];
  return html`<${Status} kind=${kind} label=${word()} />`;
}

export function Printer() {
  const counter = counters[current.value];
  const devices = counter.devices.value;
  const faults = devices?.faults ?? {};
  const lines = counter.paper.value;
  const roll = useRef(null);
  useEffect(() => { roll.current.scrollTop = roll.current.scrollHeight; }, [lines.length, current.value]);
  // The roll is cut into receipts, so that each is a sheet of its own.
  const sheets = [[]];
  for (const line of lines) {
    sheets.at(-1).push(line);
    if (line.kind === "cut") sheets.push([]);
  }
  const toggle = (name, label) => html`<${Button} key=${name} size="small" pressed=${Boolean(faults[name])} onClick=${() => fault(name, !faults[name])}>${label}<//>`;
  return html`<section class="b-device b-printer" aria-label=${t("Printer")}>
    <header><h2><${Icon} name="printer" />${t("Printer")}</h2><${Lamp} faults=${faults} />
      <${Button} size="small" kind="quiet" icon="scissors" disabled=${!lines.length} onClick=${() => order("tear")}>${t("Tear off")}<//></header>
    <div class="b-roll" ref=${roll} role="log" aria-label=${t("Paper")} tabindex="0">
      ${lines.length ? null : html`<p class="b-roll-hint">${t("Receipts come out here, drawn from the bytes that the till sends.")}</p>`}
      ${sheets.map((sheet, i) => (sheet.length ? html`<div key=${sheet[0].n} class=${`b-sheet ${i < sheets.length - 1 ? "done" : ""}`}>${sheet.map((line) => html`<${PaperLine} key=${line.n} line=${line} />`)}</div>` : null))}
    </div>
    <div class=${`b-printer-body ${faults.cover_open ? "open" : ""} ${faults.off ? "dark" : ""} ${faults.paper_out ? "empty" : ""}`} aria-hidden="true"><span class="b-slot"></span><span class="b-led"></span></div>
    <div class="b-faults" role="group" aria-label=${t("Faults of the printer")}>
      ${toggle("paper_out", t("Out of paper"))}${toggle("near_end", t("Near its end"))}${toggle("cover_open", t("Cover open"))}
      ${toggle("off", t("Switched off"))}${toggle("deaf", t("No answer"))}${toggle("slow", t("Slow"))}
      <${Button} size="small" pressed=${devices?.lines_left !== null && devices?.lines_left !== undefined} onClick=${() => fault("paper_ends")}>${t("Ends in 6 lines")}<//>
      <${Button} size="small" pressed=${Boolean(devices?.cut_armed)} onClick=${() => fault("line_cut", !devices?.cut_armed)}>${t("Line breaks")}<//></div>
  </section>`;
}
