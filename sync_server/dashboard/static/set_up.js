// Setting a terminal up: its one-time code, large enough to be read from where the terminal stands; and withdrawing it.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { time } from "kit/format.js";
import { N_, sentence, t } from "kit/i18n.js";
import { Button, Dialog, html, toast } from "kit/ui.js";
import { state } from "./feed.js";
import { word } from "./words.js";

const made = signal(null);
const refusal = signal("");
const busy = signal("");
const asked = signal("");
const AWAY = { message: N_("The hub does not answer. Check the network and try again."), params: {} };

const spaced = (code) => `${code.slice(0, 4)} ${code.slice(4)}`;

async function ask(terminal, what) {
  [busy.value, refusal.value, made.value] = [what, "", null];
  try {
    const answer = await fetch(`/manage/terminals/${terminal}/${what}`, { method: "POST" });
    const body = await answer.json();
    if (!answer.ok) refusal.value = sentence(body.error ?? AWAY);
    else if (what === "code") made.value = body;
    else toast({ kind: "good", text: t("Withdrawn. Its sales are kept.") });
  } catch {
    refusal.value = sentence(AWAY);
  }
  busy.value = "";
}

/** Below what a terminal says of itself: set it up, or withdraw it. */
export function SetUp({ row }) {
  const place = useRef(null);
  const shown = made.value?.terminal === row.id ? made.value.code : "";
  // The code comes at the end of a long drawer: it must not come below its edge.
  useEffect(() => { if (shown) place.current?.scrollIntoView({ block: "end" }); }, [shown]);
  return html`<section class="stack set-up" ref=${place}><h3>${t("Set up this terminal")}</h3>
    ${shown
      ? html`<div class="set-up-made"><p class="set-up-code" aria-live="polite">${spaced(made.value.code)}</p>
          <svg class="set-up-picture" role="img" aria-label=${t("The code for a scanner")} viewBox=${`0 0 ${made.value.svg_size} ${made.value.svg_size}`}><path d=${made.value.svg_path} /></svg></div>
        <p>${t("Type it on the terminal's own page, or scan the picture there. It works once, until {time}.", { time: time(made.value.expires_at) })}</p>`
      : html`<p>${t("A code sets this terminal up. What it was set up with before is withdrawn then; its sales are kept.")}</p>
        <p class="quiet small">${t("Withdraw a terminal that was stolen: the hub hears it no more, from this moment on.")}</p>`}
    ${refusal.value && html`<p role="alert">${refusal.value}</p>`}
    <div class="row wrap">
      <${Button} kind="primary" busy=${busy.value === "code"} onClick=${() => ask(row.id, "code")}>${t("Make a code")}<//>
      <${Button} kind="danger" busy=${busy.value === "withdraw"} onClick=${() => (asked.value = row.id)}>${t("Withdraw it")}<//>
    </div></section>`;
}

/** Asks before a terminal is withdrawn: it stands beside the drawer, so that nothing that happens in there closes it. */
export function Withdrawing({ rows }) {
  const row = rows.find(({ id }) => id === asked.value);
  const close = () => (asked.value = "");
  // It stays until the hub has answered, so that the focus goes back to a button that can be pressed again.
  const withdraw = () => ask(row.id, "withdraw").then(close);
  const terminal = word(row?.names);
  return html`<${Dialog} asks open=${Boolean(row)} title=${t("Withdraw {terminal}?", { terminal })} onClose=${close}
    actions=${html`<${Button} autofocus onClick=${close}>${t("Keep it")}<//>
      <${Button} kind="danger" busy=${busy.value === "withdraw"} onClick=${withdraw}>${t("Withdraw it")}<//>`}>
    <p>${t("{terminal} at {store} stops syncing at once, and what it has not sent stays on it.", { terminal, store: word(state.value?.store.names) })}</p><//>`;
}
