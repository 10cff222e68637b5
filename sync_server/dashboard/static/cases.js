// What a manager says to the hub about a case: how it was settled, or that it shall be carried out again.
import { N_ } from "kit/i18n.js";

const AWAY = { message: N_("The hub does not answer. Check the network and try again."), params: {} };

async function say(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return answer.ok ? null : ((await answer.json()).error ?? AWAY);
  } catch {
    return AWAY;
  }
}

/** Close a case with a reason: null, or why not. */
export const close = (id, reason) => say(`/manage/exceptions/${id}/close`, { reason });

/** Carry a refused operation out again: null, or why it was refused again. */
export const replay = (id) => say(`/manage/exceptions/${id}/replay`, {});
