// Codes on paper: slips in a frame of the page that only the printer sees.
import { html, render } from "kit/ui.js";

/** Print `slips = [{title, code, note, pin?, bars?}]`, `bars` being the code as `{path, width}` of a Code 128, several on a sheet; the page looks the same afterwards. */
export function print_slips(slips) {
  const sheet = document.createElement("div");
  sheet.className = "slips";
  document.body.append(sheet);
  render(html`${slips.map((one) => html`<div class="slip" key=${one.code}><p class="slip-title">${one.title}</p><p class="slip-code">${one.code}</p>
    ${one.bars && html`<svg class="slip-bars" viewBox=${`0 0 ${one.bars.width} 20`} preserveAspectRatio="none" aria-hidden="true"><path d=${one.bars.path} /></svg>`}
    ${one.pin && html`<p>PIN ${one.pin}</p>`}<p class="slip-note">${one.note}</p></div>`)}`, sheet);
  addEventListener("afterprint", () => sheet.remove(), { once: true });
  window.print();
}
