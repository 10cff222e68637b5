// Points that wait for their owner's word: what the cashier says to the customer, and a manager's PIN instead of it.
import { useState } from "preact/hooks";
import { Button, Dialog, html, Icon, Keypad, PinDots } from "kit/ui.js";
import { money, number } from "kit/format.js";
import { sentence, t, tn } from "kit/i18n.js";
import { createEntry, keyOf } from "../shared/entry.js";
import { useKeys } from "../shared/keys.js";
import { act, amount, approval, people, refusal } from "../shared/till.js";

const PIN_MAX_DIGITS = 8;
const PIN_USUAL_DIGITS = 4;

/** The PIN of the manager who vouches for the customer. */
export const manager_pin = createEntry({ max_chars: PIN_MAX_DIGITS });

const managers = () => (people.value ?? []).filter((one) => one.role === "manager");
const without = () => act("points_without");

function question() {
  const { points, amount: worth } = approval.value;
  return tn("Ask the customer to allow {n} point ({amount}) on the phone.", "Ask the customer to allow {n} points ({amount}) on the phone.", points,
    { n: number(points), amount: money(amount(worth)) });
}

function Waiting({ onManager }) {
  useKeys((event) => {
    const deed = { Escape: without, F2: onManager }[event.key];
    deed?.();
    return Boolean(deed);
  });
  const { number: shown, by_manager } = approval.value;
  return html`<${Dialog} open asks closable=${false} title=${t("The customer is asked")}
    actions=${html`<${Button} keys="Esc" onClick=${without}>${t("Without points")}<//><${Button} icon="lock" keys="F2" busy=${by_manager} onClick=${onManager}>${t("Manager's PIN")}<//>`}>
    <div class="approval stack"><p class="text-24 strong">${question()}</p>
      <p class="approval-number"><span class="quiet">${t("Number")}</span><output class="amount" tabindex="-1" autofocus>${shown}</output></p>
      <p class="quiet">${t("The same number stands on the phone. As soon as the customer has answered, it goes on here by itself.")}</p></div><//>`;
}

function Managers({ who, onChoose }) {
  return html`<ul class="people">${managers().map((one) => html`<li key=${one.number}><${Button} full pressed=${who === one.number} disabled=${one.locked} onClick=${() => onChoose(one.number)}>
    <span class="person"><span class="face">${one.locked ? html`<${Icon} name="lock" />` : one.name.slice(0, 1)}</span><span class="grow clip">${one.name}</span><span class="quiet amount small">${one.number}</span></span><//></li>`)}</ul>`;
}

function ByManager({ onBack }) {
  const here = managers().filter((one) => !one.locked);
  const [who, setWho] = useState(here.length === 1 ? here[0].number : "");
  const [[wrong, busy], setState] = useState([false, false]);
  const typed = manager_pin.text.value;
  const press = (key) => { setState([false, busy]); manager_pin.press(key); };
  const choose = (one) => { setWho(one); manager_pin.clear(); };
  async function submit() {
    if (!who || !typed || busy) return;
    setState([false, true]);
    const done = await act("points_approve", { number: who, pin: typed });
    manager_pin.clear();
    setState([done === null, false]);
    if (done !== null) onBack();
  }
  useKeys((event) => {
    const key = keyOf(event);
    if (key && key !== ".") press(key);
    else if (event.key === "Enter") submit();
    else if (event.key === "Escape") onBack();
    else return false;
    return true;
  });
  const said = wrong && refusal.value ? sentence(refusal.value) : who ? t("Type the PIN and press Enter.") : t("Which manager allows it?");
  return html`<${Dialog} open wide title=${t("A manager allows the points")} onClose=${onBack}
    actions=${html`<${Button} keys="Esc" onClick=${onBack}>${t("Back")}<//><${Button} kind="primary" keys="Enter" busy=${busy} disabled=${!who || !typed} onClick=${submit}>${t("Allow")}<//>`}>
    <div class="by-manager"><div class="stack"><p>${t("Only when you have made sure that the points are this customer's. It is noted with the manager's name.")}</p><${Managers} who=${who} onChoose=${choose} /></div>
      <div class="stack"><div class="pin-place" tabindex="-1" autofocus><${PinDots} filled=${typed.length} length=${Math.max(PIN_USUAL_DIGITS, typed.length)} wrong=${wrong} /></div>
        <p class=${wrong ? "wrong-pin" : "quiet"} role="status">${said}</p><${Keypad} layout="pin" disabled=${!who} onKey=${press} /></div></div><//>`;
}

export function Approval() {
  const [by_manager, setByManager] = useState(false);
  const open = (value) => () => { manager_pin.clear(); setByManager(value); };
  return by_manager ? html`<${ByManager} onBack=${open(false)} />` : html`<${Waiting} onManager=${open(true)} />`;
}
