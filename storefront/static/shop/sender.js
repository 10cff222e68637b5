// Sends what waits, in order, one batch at a time; the same again after any doubt, because the hub answers a repeat alike.
import { signal } from "@preact/signals";
import { device, renew, rows, settle, waiting } from "./stored.js";

const BATCH_MAX = 50;
const AGAIN_MS = 3000;
const LOCK = "omnitill-outbox";
const LOCK_WAIT_MS = 6000;

/** How many operations wait for the hub. */
export const unsent = signal(0);

// One tab sends at a time. Where there are no locks (pages without TLS) or a tab that was put to sleep holds it, two tabs
// may send the same batch, which the hub answers alike: the lock saves work, it does not make the promise.
async function alone(work) {
  if (!navigator.locks) return work();
  let begun = false;
  const held = () => { begun = true; return work(); };
  try {
    return await navigator.locks.request(LOCK, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, held);
  } catch (error) {
    if (begun) throw error;
    return work();
  }
}

// What was sent once more under a new number, and the hub has: done, and no news to anybody. An id is made here once, so
// where it is used, two tabs went on with the same press.
const known = (result, row) => result.error?.code === "message.id_used" || (row?.renewed && result.status === "conflict");

/** A sender for `shopper` over `link`. `said()` is the `{dev, inc}` that the link gave at its door. `settled(results,
 *  through)` hears what the hub has answered, `parted(lost)` that the count began anew, and how many answered operations
 *  are neither at the hub any more nor here. */
export function createSender({ shopper, link, said, settled, parted }) {
  let [busy, again, last] = [false, false, 0];
  const stranger = (me) => me.dev !== said().dev || me.inc !== said().inc;

  async function send(batch) {
    const answer = await link.emit("ops", { seq0: batch[0].seq, ops: batch.map((row) => row.op) });
    const done = answer.results.flatMap((result) => {
      const row = batch.find((one) => one.seq === result.seq);
      if (result.status === "ok" || known(result, row)) return [{ seq: result.seq, id: row?.op.id }];
      return result.status === "rejected" ? [{ seq: result.seq, id: row?.op.id, error: result.error }] : [];
    });
    await settle(shopper, done, answer.last_seq);
    last = Math.max(last, answer.last_seq);
    settled(done, last);
    return { whole: done.length === answer.results.length, last_seq: answer.last_seq };
  }

  // Nothing is doubled: what is still here is sent under a new count, with the ids that it had. What the hub had answered,
  // has forgotten and is no longer here can only be counted.
  async function begin(me, last_seq) {
    const here = (await rows(shopper)).filter((row) => row.answered && !row.error && row.seq > last_seq);
    await renew(shopper);
    last = 0;
    await parted(Math.max(0, me.through - last_seq - here.length));
    link.reconnect();
  }

  async function sendAll() {
    for (;;) {
      const me = await device(shopper);
      if (stranger(me)) {
        link.reconnect();
        return;
      }
      const found = await waiting(shopper, BATCH_MAX);
      unsent.value = found.count;
      if (!found.rows.length) return;
      const { whole, last_seq } = await send(found.rows);
      if (!whole) {
        await begin(me, last_seq);
        return;
      }
    }
  }

  // The hub has less of us than it has answered: it was set back to an old copy. Or it has more than we gave: we were.
  // Asked once more where it looks so, because another tab may have sent meanwhile; ours is read before, and after.
  async function compare() {
    const before = await device(shopper);
    if (stranger(before)) return;
    const { last_seq } = await link.emit("ops", { seq0: 1, ops: [] });
    const after = await device(shopper);
    if (after.inc !== before.inc) return;
    if (last_seq < before.through || last_seq > after.seq) await begin(before, last_seq);
  }

  async function run(work) {
    if (link.status.value !== "online") return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await alone(work);
    } catch {
      // No answer: whether it arrived is unknown, so the same batch goes again with the same numbers.
      setTimeout(() => run(sendAll), AGAIN_MS);
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      await run(sendAll);
    }
  }

  return {
    flush: () => run(sendAll),
    through: () => last,
    /** Another tab was answered. */
    heard: (through) => { last = Math.max(last, through); },
    /** The hub said how much it has of us. */
    async greeted({ last_seq = 0 }) {
      last = last_seq;
      const me = await device(shopper);
      const odd = !stranger(me) && (last_seq < me.through || last_seq > me.seq);
      await run(odd ? async () => { await compare(); await sendAll(); } : sendAll);
    },
  };
}
