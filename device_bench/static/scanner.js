// The scanner with its beam, the field for any code, and the scanner's faults.
import { signal } from "@preact/signals";
import { t } from "kit/i18n.js";
import { Button, Icon, html } from "kit/ui.js";
import { counters, current, order, scan } from "./link.js";

const typed = signal("");
const sample = () => typed.value || counters[current.value].glass.value?.text;
const fault = (name, on = true) => order("fault", { device: "scanner", fault: name, on, ...(sample() ? { text: sample() } : {}) });

function submit(event) {
  event.preventDefault();
  if (typed.value) scan({ text: typed.value });
}

function Body() {
  return html`<svg class="b-scanner-body" viewBox="0 0 132 96" aria-hidden="true">
    <path class="b-cable" d="M30 14 C30 -6 8 2 6 -14" />
    <rect class="b-case" x="6" y="12" width="96" height="72" rx="20" />
    <rect class="b-case-top" x="14" y="20" width="64" height="56" rx="14" />
    <rect class="b-window" x="84" y="24" width="12" height="48" rx="6" />
    <circle class="b-lamp" cx="32" cy="48" r="5" />
  </svg>`;
}

export function Scanner() {
  const counter = counters[current.value];
  const devices = counter.devices.value;
  const plugged = devices?.plugged ?? true;
  const glass = counter.glass.value;
  return html`<section class="b-device b-scanner" aria-label=${t("Scanner")}>
    <header><h2><${Icon} name="scan-barcode" />${t("Scanner")}</h2>
      <span class="b-note">${plugged ? t("Ready: click goods on the shelf") : t("Its cable is out")}</span></header>
    <div class=${`b-stage ${plugged ? "" : "off"}`}>
      <${Body} />
      <div class="b-beam" key=${`beam${glass?.at ?? 0}`} data-lit=${glass ? "" : undefined}></div>
      <div class="b-glass" aria-live="polite">${glass
        ? html`<div class="b-held" key=${glass.at}>${glass.picture ? html`<img src=${glass.picture} alt="" />` : html`<span class="b-held-card"><${Icon} name=${glass.name ? "star" : "scan-line"} /></span>`}
            <span class="b-held-name clip">${glass.name ?? t("Typed code")}</span><span class="b-held-code clip amount">${glass.text}</span></div>`
        : html`<div class="b-held empty-glass"><span class="b-held-card"><${Icon} name="package" /></span><span class="b-held-name">${t("Nothing here yet")}</span></div>`}</div>
    </div>
    <form class="b-type" onSubmit=${submit}>
      <input type="text" aria-label=${t("Any code")} placeholder=${t("Any code")} maxlength="4200" autocomplete="off" spellcheck=${false}
        value=${typed.value} onInput=${(event) => { typed.value = event.target.value; }} />
      <${Button} type="submit" kind="primary" icon="scan-line" disabled=${!typed.value}>${t("Scan")}<//></form>
    <div class="b-faults" role="group" aria-label=${t("Faults of the scanner")}>
      <${Button} size="small" pressed=${!plugged} icon=${plugged ? "plug" : "unplug"} onClick=${() => fault("unplugged", plugged)}>${t("Cable out")}<//>
      <${Button} size="small" onClick=${() => fault("half_line")}>${t("Half a code")}<//>
      <${Button} size="small" onClick=${() => fault("double")}>${t("Twice")}<//>
      <${Button} size="small" onClick=${() => fault("burst")}>${t("50 at once")}<//>
      <${Button} size="small" onClick=${() => fault("noise")}>${t("Noise")}<//></div>
  </section>`;
}
