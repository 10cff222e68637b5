// The set-up page: the hub's address and a manager's one-time code. It is the same on a terminal that is set up anew.
import { effect, signal, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { boot } from "kit/boot.js";
import { locale, sentence, t } from "kit/i18n.js";
import { Button, Field, html, Keypad, Strip, Tabs } from "kit/ui.js";
import { createEntry, keyOf } from "./entry.js";
import { keepFocus, useKeys } from "./keys.js";
import { Explained } from "./set_up_words.js";
import { act, perform, set_up, status } from "./till.js";

const KEPT = "pos.set_up";
const CODE_CHARS = 8;
const ADDRESS_CHARS = 200;
const LEFT_ALONE_MS = 120_000;
const LANGUAGES = [{ id: "en", label: "English" }, { id: "ru", label: "Русский" }];

/** The code as far as it is typed. */
export const code = createEntry({ max_chars: CODE_CHARS });
const address = signal(null);
const at_address = signal(null);
const read = signal(null);
const taken = signal(false);

// What was typed outlives a page that is loaded again, as for another language.
const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
[code.text.value, address.value] = [kept.code ?? "", kept.address ?? null];
effect(() => sessionStorage.setItem(KEPT, JSON.stringify({ code: code.text.value, address: address.value })));

// A terminal that was set up stays with its hub: whoever stands before this page may be anybody.
const hub = () => (set_up.value?.again ? null : address.value) ?? set_up.value?.hub ?? "";
const grouped = (text) => [text.slice(0, 4), text.slice(4)].filter(Boolean).join(" ");
const forgetError = () => { read.value = set_up.value?.error ?? null; };

function submit() {
  if (set_up.value?.busy || code.text.value.length < CODE_CHARS) return;
  taken.value = false;
  act("set_up", { hub: hub(), code: code.text.value });
}

function press(key) {
  forgetError();
  if (at_address.value === null) code.press(key);
  else at_address.value = (key === "back" ? at_address.value.slice(0, -1) : at_address.value + key).slice(0, ADDRESS_CHARS);
}

function typeCode(text) {
  forgetError();
  code.put(text.replace(/[^\p{L}\d]/gu, ""));
}

function useAddress() {
  if (at_address.value.trim()) address.value = at_address.value.trim();
  at_address.value = null;
}

const leave = () => { if (set_up.value?.again) act("set_up_close"); };

// A scanned code is whole, so it is used at once; not so where its picture names another hub than the one shown.
function take(scan) {
  code.text.value = scan.code;
  at_address.value = null;
  taken.value = !set_up.value.again && Boolean(scan.hub) && scan.hub !== hub();
  if (taken.value) address.value = scan.hub;
  else submit();
}

// Null until the till has spoken: what was scanned before this page was there is not scanned anew.
let heard = null;
effect(() => {
  const state = set_up.value;
  if (state === undefined) return;
  if (state === null) [code.text.value, address.value, at_address.value, taken.value] = ["", null, null, false];
  const [before, n] = [heard, state?.scanned?.n ?? 0];
  heard = n;
  if (before !== null && n > before) untracked(() => take(state.scanned));
});

function Said() {
  const { busy, error } = set_up.value;
  if (status.value === "offline") return html`<${Strip} kind="trouble">${t("The till's program does not answer. Nothing was lost; the page goes on as soon as it is back.")}<//>`;
  if (busy) return html`<${Strip} kind="busy">${t("Asking the hub at {address}. This takes a few seconds.", { address: hub() })}<//>`;
  if (error && error !== read.value) return html`<${Strip} kind="trouble">${sentence(error)}<//>`;
  if (taken.value) return html`<${Strip} kind="attention">${t("The picture names the hub at {address}. If that is right, press “Set up”.", { address: hub() })}<//>`;
  return html`<p class="quiet small">${t("The code works once, for 15 minutes.")}</p>`;
}

function AskCode() {
  const { busy, again } = set_up.value;
  const whole = code.text.value.length === CODE_CHARS;
  return html`<section class="set-up-deed"><${Field} label=${t("Code from the manager's page")} value=${grouped(code.text.value)} onInput=${typeCode}
      inputmode="none" autocomplete="off" spellcheck=${false} autofocus placeholder="•••• ••••" />
    <div class="set-up-said"><${Said} /></div>
    <${Keypad} layout="number" onKey=${press} disabled=${busy} />
    <div class="row">${again && html`<${Button} size="large" keys="Esc" disabled=${busy} onClick=${leave}>${t("Back")}<//>`}
      <${Button} kind="primary" size="large" full keys="Enter" busy=${busy} disabled=${!whole} onClick=${submit}>${t("Set up")}<//></div>
    <div class="set-up-hub row"><p class="grow"><span class="quiet small">${t("Hub")}</span><br /><span class="set-up-address">${hub()}</span>
        ${again && html`<br /><span class="quiet small">${t("Another hub is named where this program is started, with --hub.")}</span>`}</p>
      ${!again && html`<${Button} disabled=${busy} onClick=${() => { at_address.value = hub(); }}>${t("Change the address")}<//>`}</div></section>`;
}

function AskAddress() {
  return html`<section class="set-up-deed"><${Field} label=${t("Address of the hub")} value=${at_address.value} onInput=${(text) => { at_address.value = text.slice(0, ADDRESS_CHARS); }}
      inputmode="url" autocomplete="off" autocapitalize="none" spellcheck=${false} autofocus hint=${t("As in the address line of the manager's page, for example http://192.168.1.20:8400.")}
      end=${html`<${Button} kind="quiet" icon="delete" label=${t("Delete the last character")} onClick=${() => press("back")} />`} />
    <${Keypad} layout="address" onKey=${press} />
    <div class="row"><${Button} size="large" keys="Esc" onClick=${() => { at_address.value = null; }}>${t("Back")}<//>
      <${Button} kind="primary" size="large" full keys="Enter" disabled=${!at_address.value.trim()} onClick=${useAddress}>${t("Use this address")}<//></div></section>`;
}

function setUpKey(event) {
  const [key, asked] = [keyOf(event), at_address.value !== null];
  if (event.key === "Enter") (asked ? useAddress : submit)();
  else if (event.key === "Escape") asked ? (at_address.value = null) : leave();
  else if (key && (asked || key !== ".")) press(key);
  else return false;
  return true;
}

export function SetUp() {
  useKeys(setUpKey);
  const { again, busy } = set_up.value;
  // A kiosk on which somebody looked at this page and went away is for shoppers again.
  useEffect(() => {
    // While the hub is asked nobody can leave; the time begins once it has answered.
    if (!again || busy || boot.kind !== "kiosk") return undefined;
    const timer = setTimeout(leave, LEFT_ALONE_MS);
    return () => clearTimeout(timer);
  }, [code.text.value, at_address.value, again, busy]);
  return html`<main class="set-up" onMouseDown=${keepFocus}><header class="set-up-head row"><p class="strong grow">Omnitill</p>
      <${Tabs} look="pills" label=${t("Language")} items=${LANGUAGES} value=${locale} onChange=${(language) => perform("language", { language })} /></header>
    <${Explained} />${at_address.value === null ? html`<${AskCode} />` : html`<${AskAddress} />`}</main>`;
}
