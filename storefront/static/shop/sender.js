// Sends what waits, in order, one batch at a time; the same again after any doubt, because the hub answers a repeat alike.
import { signal } from "@preact/signals";
import { device, renew, settle, waiting } from "./stored.js";

const BATCH_MAX = 50;
const AGAIN_MS = 3000;

/** How many operations wait for the hub. */
export const unsent = signal(0);

// One tab sends at a time, so that no tab takes the other's numbers for a gap. Pages without TLS have no locks; there
// two tabs may send the same batch twice, which the hub answers alike.
const alone = (work) => (navigator.locks ? navigator.locks.request("omnitill-outbox", work) : work());

// An operation that the hub has under its old number is done, or stands before a person; sending it on would never end.
const settled = (result, rows) => ["ok", "rejected"].includes(result.status)
  || (result.status === "conflict" && rows.find((row) => row.seq === result.seq)?.renewed);

/** A sender for `shopper` over `link`. `inc()` is the incarnation that the link said at its door; `onRejected(id, error)`
 *  hears of refusals. `through()` is the last number that the hub has answered. */
export function createSender({ shopper, link, inc, onRejected }) {
  let busy = false;
  let again = false;
  let last = 0;

  async function answered(rows) {
    const answer = await link.emit("ops", { seq0: rows[0].seq, ops: rows.map((row) => row.op) });
    const done = answer.results.filter((one) => settled(one, rows));
    await settle(shopper, done.map((one) => one.seq));
    last = Math.max(last, answer.last_seq);
    for (const one of done.filter((each) => each.status === "rejected")) {
      const row = rows.find((each) => each.seq === one.seq);
      if (row) onRejected(row.op.id, one.error);
    }
    return done.length === answer.results.length;
  }

  async function sendAll() {
    for (;;) {
      const known = await device(shopper);
      if (known.inc !== inc()) {
        link.reconnect();
        return;
      }
      const rows = await waiting(shopper, BATCH_MAX);
      unsent.value = rows.length;
      if (!rows.length) return;
      if (!await answered(rows)) {
        // The counts parted: the hub was set back, or this phone was. Both start a new count; nothing is lost or doubled,
        // since the ids stay. The page starts again because what it shows is numbered by the old count.
        await renew(shopper);
        location.reload();
        return;
      }
    }
  }

  async function flush() {
    if (link.status.value !== "online") return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await alone(sendAll);
    } catch {
      // No answer: whether it arrived is unknown, so the same batch goes again with the same numbers.
      setTimeout(flush, AGAIN_MS);
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      await flush();
    }
  }

  return { flush, through: () => last, greeted: (last_seq) => { last = last_seq; } };
}
