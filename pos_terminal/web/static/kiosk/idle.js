// Nobody there? The countdown before everything of a shopper is wiped from a screen that all may see.
import { useEffect, useState } from "preact/hooks";
import { Button, Dialog, html } from "kit/ui.js";
import { number } from "kit/format.js";
import { t } from "kit/i18n.js";
import { act, idle, perform, phase } from "../shared/till.js";

const TICK_MS = 250;
const TOUCH_EVERY_MS = 3000;
let told = 0;

const here = () => act("touch");

/** Tell the till that somebody is there, now and then. */
export function watchTouches() {
  window.addEventListener("pointerdown", () => {
    const now = Date.now();
    if (phase.value !== "scanning" || (now - told < TOUCH_EVERY_MS && !idle.value)) return;
    told = now;
    perform("touch").catch(() => {});
  }, true);
}

export function Idle() {
  const ends = idle.value?.ends_at;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!ends) return undefined;
    const look = () => setLeft(Math.max(0, Math.ceil((ends - Date.now()) / 1000)));
    look();
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [ends]);
  return html`<${Dialog} open=${Boolean(ends)} title=${t("Are you still there?")} onClose=${here} closable=${false}
    actions=${html`<${Button} size="large" onClick=${() => act("start_over")}>${t("I am done")}<//><${Button} size="large" kind="primary" onClick=${here}>${t("I am still here")}<//>`}>
    <p class="countdown amount strong" role="timer">${number(left)}</p><p class="centre">${t("Then this screen forgets your basket and your card.")}</p><//>`;
}
