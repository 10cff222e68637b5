// What the manager's pages ask the hub for besides what they hear live: one request, its answer or why not.
import { N_ } from "kit/i18n.js";

const AWAY = { code: "away", message: N_("The hub does not answer. Check the network and try again."), params: {} };

/** `GET` of an address below `/manage`, or `POST` where there is a `body`: `{answer}` or `{error}`, never an exception. */
export async function ask(path, body) {
  const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const heard = await fetch(`/manage/${path}`, body === undefined ? {} : sent);
    const answer = await heard.json();
    return heard.ok ? { answer } : { error: answer.error ?? AWAY };
  } catch {
    return { error: AWAY };
  }
}
