// Who sells here: a name and its PIN; and the way out of a name that five wrong PINs locked.
import { computed, signal } from "@preact/signals";
import { Button, html, Icon, Keypad, PinDots } from "kit/ui.js";
import { locale, t } from "kit/i18n.js";
import { createEntry, keyOf } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { dismiss, Message } from "../shared/message.js";
import { act, people, refusal, staff, totals } from "../shared/till.js";

const PIN_MAX_DIGITS = 8;
const PIN_USUAL_DIGITS = 4;

/** The digits typed here: a staff number while nobody is chosen, then a PIN. */
export const pin = createEntry({ max_chars: PIN_MAX_DIGITS });
const who = signal("");
const unlocking = signal("");
const wrong = signal(false);

const person = (number) => people.value?.find((one) => one.number === number);
// Only a manager opens a name that is locked.
const offered = computed(() => (people.value ?? []).filter((one) => !unlocking.value || (one.role === "manager" && !one.locked)));

function choose(one) {
  dismiss();
  pin.clear();
  wrong.value = false;
  if (one.locked) [unlocking.value, who.value] = [one.number, ""];
  else who.value = one.number;
}

function back() {
  dismiss();
  pin.clear();
  wrong.value = false;
  if (who.value) who.value = "";
  else unlocking.value = "";
}

async function submit() {
  const typed = pin.text.value;
  if (!typed) return;
  if (!who.value) {
    const found = person(typed);
    return found ? choose(found) : refuseNumber(typed);
  }
  pin.clear();
  const done = unlocking.value ? await act("unlock", { manager_number: who.value, pin: typed, number: unlocking.value })
    : await act("sign_in", { number: who.value, pin: typed });
  wrong.value = done === null;
  if (done) [who.value, unlocking.value] = [unlocking.value, ""];
  return done;
}

function refuseNumber(number) {
  pin.clear();
  refusal.value = { code: "page.nobody", message: t("Nobody here has the number {number}. Choose a name, or type it again.", { number }) };
}

function press(key) {
  wrong.value = false;
  pin.press(key);
}

function move(way) {
  const here = offered.value.findIndex((one) => one.number === who.value);
  const next = offered.value[Math.min(offered.value.length - 1, Math.max(0, here + way))];
  if (next && !next.locked) choose(next);
}

const KEYS = { Enter: submit, Escape: back, ArrowUp: () => move(-1), ArrowDown: () => move(1) };

function signInKey(event) {
  const key = keyOf(event);
  if (key && key !== ".") press(key);
  else if (KEYS[event.key]) KEYS[event.key]();
  else return false;
  return true;
}

const role = (one) => (one.role === "manager" ? t("Manager") : t("Cashier"));

function People() {
  return html`<ul class="people">${offered.value.map((one) => html`<li key=${one.number}>
    <${Button} full size="large" pressed=${who.value === one.number} onClick=${() => choose(one)}>
      <span class="person"><span class="face">${one.locked ? html`<${Icon} name="lock" />` : one.name.slice(0, 1)}</span>
        <span class="grow clip">${one.name}<span class="person-role small">${one.locked ? t("Locked after five wrong PINs") : role(one)}</span></span>
        <span class="quiet amount small">${one.number}</span></span><//></li>`)}</ul>`;
}

function question() {
  if (who.value && unlocking.value) return t("PIN of {name}, to unlock {other}", { name: person(who.value)?.name, other: person(unlocking.value)?.name });
  if (unlocking.value) return t("{name} is locked. Which manager unlocks it?", { name: person(unlocking.value)?.name });
  return who.value ? t("PIN of {name}", { name: person(who.value)?.name }) : t("Choose a name, or type your number");
}

function PinPad({ title, ready, leave }) {
  const typed = pin.text.value;
  return html`<section class="pin"><h2>${title}</h2>
    <div class="pin-place">${ready ? html`<${PinDots} filled=${typed.length} length=${Math.max(PIN_USUAL_DIGITS, typed.length)} wrong=${wrong.value} />`
      : html`<output class="typed amount text-32">${typed || "\u00a0"}</output>`}</div>
    <${Message} calm=${ready ? t("Type the PIN and press Enter.") : t("Your number stands on your badge.")} />
    <${Keypad} layout="pin" onKey=${press} />
    <div class="row pin-deeds">${leave && html`<${Button} keys="Esc" onClick=${back}>${t("Back")}<//>`}
      <${Button} kind="primary" size="large" keys="Enter" full disabled=${!typed} onClick=${submit}>${ready ? t("Sign in") : t("Next")}<//></div>
  </section>`;
}

export function SignIn() {
  useKeys(signInKey);
  return html`<main class="sign-in"><section class="names"><h1>${t("Who sells here?")}</h1><${People} /></section>
    <${PinPad} title=${question()} ready=${Boolean(who.value)} leave=${Boolean(who.value || unlocking.value)} /></main>`;
}

/** The till is locked: the cart is kept, and the person who locked it comes back with the PIN. */
export function Locked() {
  who.value = staff.value.number;
  useKeys((event) => (event.key === "Escape" || /^Arrow/.test(event.key) ? true : signInKey(event)));
  const count = totals.value.count;
  return html`<main class="sign-in"><section class="names"><span class="lock-mark"><${Icon} name="lock" size="large" /></span>
      <h1>${t("Locked")}</h1><p>${t("This is the till of {name}.", { name: staff.value.name })}</p>
      <p class="quiet">${count ? t("The cart is kept as it is. Lines in hand: {count}.", { count: count.toLocaleString(locale) }) : t("Nothing is in the cart.")}</p></section>
    <${PinPad} title=${t("PIN of {name}", { name: staff.value.name })} ready /></main>`;
}
