import { signal } from "@preact/signals";
import { html, Button, Field } from "kit/ui.js";
import { N_, sentence, t } from "kit/i18n.js";

const number = signal("");
const pin = signal("");
const refusal = signal("");
const busy = signal(false);

const AWAY = { message: N_("The hub does not answer. Check the network and try again."), params: {} };

async function enter(event) {
  event.preventDefault();
  busy.value = true;
  try {
    const answer = await fetch("/manage/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ number: number.value.trim(), pin: pin.value }),
    });
    if (answer.ok) return location.reload();
    refusal.value = sentence((await answer.json()).error ?? AWAY);
  } catch {
    refusal.value = sentence(AWAY);
  }
  pin.value = "";
  busy.value = false;
}

/** Number and PIN, as at the till. */
export function SignIn() {
  return html`<main class="gate">
    <form class="panel stack" onSubmit=${enter}>
      <h1>${t("Manager's page")}</h1>
      <p class="quiet">${t("Sign in with your staff number and PIN.")}</p>
      <${Field} label=${t("Staff number")} value=${number.value} inputmode="numeric" autocomplete="username" autofocus
        onInput=${(value) => (number.value = value)} />
      <${Field} label=${t("PIN")} type="password" value=${pin.value} inputmode="numeric" autocomplete="current-password"
        error=${refusal.value} onInput=${(value) => (pin.value = value)} />
      <${Button} kind="primary" type="submit" busy=${busy.value} full>${t("Sign in")}<//>
    </form>
  </main>`;
}
