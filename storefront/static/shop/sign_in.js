// Signing in: one form, a clear refusal, then back to where the shopper was.
import { signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { sentence, t } from "kit/i18n.js";
import { Button, Field, html, render } from "kit/ui.js";
import "./frame.js";
import { forgetPages } from "./kept_pages.js";

const [login, password, error, busy, shown] = [signal(""), signal(""), signal(null), signal(false), signal(false)];
const OUT_OF_REACH = { message: "No connection. Nothing was lost; it goes on when the connection is back.", params: {} };

async function submit(event) {
  event.preventDefault();
  busy.value = true;
  error.value = null;
  try {
    const answer = await fetch("/sign-in", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login: login.value, password: password.value }),
    });
    const body = await answer.json();
    if (answer.ok) {
      await forgetPages();
      location.replace(boot.next);
      return;
    }
    error.value = body.error;
  } catch {
    error.value = OUT_OF_REACH;
  }
  busy.value = false;
}

function SignIn() {
  const eye = html`<${Button} kind="quiet" icon=${shown.value ? "eye-off" : "eye"} pressed=${shown.value}
    label=${shown.value ? t("Hide the password") : t("Show the password")} onClick=${() => { shown.value = !shown.value; }} />`;
  return html`<form class="panel sign-in stack" onSubmit=${submit} novalidate>
    <h1>${t("Sign in")}</h1>
    <p class="quiet">${t("One cart, one card and every receipt, on each of your screens.")}</p>
    <${Field} label=${t("E-mail or phone number")} icon="user-round" name="login" autocomplete="username" inputmode="email"
      autocapitalize="none" spellcheck=${false} value=${login.value} onInput=${(text) => { login.value = text; }} />
    <${Field} label=${t("Password")} icon="lock" name="password" autocomplete="current-password" type=${shown.value ? "text" : "password"}
      value=${password.value} onInput=${(text) => { password.value = text; }} end=${eye} error=${error.value ? sentence(error.value) : ""} />
    <${Button} kind="primary" type="submit" size="large" full busy=${busy.value}>${t("Sign in")}<//>
  </form>`;
}

render(html`<${SignIn} />`, document.getElementById("app"));
