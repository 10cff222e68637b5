// A stream's replica for a screen: signals that change at most once per animation frame.
import { batch, signal } from "@preact/signals";
import * as reducer from "./replica_reducer.js";

export const PULL_JITTER_MS = 120;
export const PULL_RETRY_MS = 1500;

// One pull at a time, after a short random wait so that a thousand phones do not ask in the same millisecond.
function repairer(pull, lacking) {
  let busy = false;
  let again = false;
  return async function repair() {
    again = busy;
    if (busy) return;
    busy = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PULL_JITTER_MS));
      await pull();
    } catch {
      // The hub is away or refused: its next event or heads message shows the gap again.
      again = false;
    } finally {
      busy = false;
    }
    if (again && lacking()) setTimeout(repair, PULL_RETRY_MS);
  };
}

/** Follow one stream.
 *
 * `pull({s, e, v})` resolves to a snapshot `{e, v, state, by?}` or to `{events: [...]}`; `apply(state, op)` is the pure
 * effect of a pending operation; `onRejected(op, error)` hears of refused ones. `settled(op)` says whether the hub has
 * answered a pending operation. An answer's `by` names what it is known to contain, be it a snapshot or events.
 */
export function createReplica({
  stream, pull, apply = (state) => state, onRejected = () => {}, settled = () => false,
}) {
  let replica = reducer.nothing;
  let scheduled = false;
  const state = signal(null);
  const pending = signal([]);
  const version = signal(-1);
  const at = signal(null);
  let newest = null;

  // Who knows nothing yet is at version 0 of no epoch: the answer is a snapshot.
  const position = () => ({ s: stream, e: replica.e ?? 0, v: Math.max(0, replica.v) });

  function paint() {
    scheduled = false;
    batch(() => {
      state.value = reducer.view(replica, apply);
      pending.value = replica.pending;
      version.value = replica.v;
      at.value = newest;
    });
  }

  function schedule() {
    if (scheduled) return;
    scheduled = true;
    // A hidden page gets no animation frames; its state must still be right when it is looked at again.
    if (document.hidden) setTimeout(paint, 0);
    else requestAnimationFrame(paint);
  }

  function take(next) {
    replica = next;
    schedule();
  }

  function receive(event) {
    const [next, verdict] = reducer.receive(replica, event);
    if (verdict === "ignored") return;
    newest = event.at ?? newest;
    take(next);
    if (verdict === "gap") repair();
  }

  function answered(answer, asked = null) {
    // A refusal of one stream (`{s, error}`) is no state; what is known stays on the screen.
    if (answer.error) return;
    if (answer.events) answer.events.forEach((event) => take(reducer.receive(replica, event)[0]));
    else take(reducer.adopt(replica, answer, asked));
    take(reducer.contains(replica, answer.by));
  }

  const repair = repairer(
    async () => {
      const asked = position();
      answered(await pull(asked), asked);
    },
    () => replica.kept.some((event) => event.e === replica.e),
  );

  return {
    stream, state, pending, version, at, receive, repair,
    position,
    adopt: (snapshot) => take(reducer.adopt(replica, snapshot)),
    answered,
    // What was answered and still waits is inside a snapshot that came before the answer: only a newer one can say so.
    heads: (v) => { if (v > replica.v || replica.pending.some(settled)) repair(); },
    propose: (op) => take(reducer.propose(replica, op)),
    pend: (ops) => take(reducer.pend(replica, ops)),
    /** What is pending at this moment, also before it is painted. */
    pendingNow: () => replica.pending,
    reject(id, error) {
      const [next, op] = reducer.reject(replica, id);
      take(next);
      if (op) onRejected(op, error);
    },
  };
}
