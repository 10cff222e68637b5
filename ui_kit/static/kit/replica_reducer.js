// The pure half of a stream's replica (docs/protocol.md, "Client"). No page, no clock, no socket.

export const MAX_KEPT_EVENTS = 64;

/** A replica that knows nothing yet: the first event makes it pull. */
export const nothing = Object.freeze({ e: null, v: -1, state: null, kept: Object.freeze([]), pending: Object.freeze([]) });

/** The top-level keys of a state that are keyed collections, as docs/protocol.md names them. */
export const KEYED = new Set(["lines", "orders", "terminals", "sales", "exceptions", "settled", "latency", "stores"]);

const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** `state` after `changes`: a top-level key replaces, except that a keyed collection merges per id and null removes. */
export function merge(state, changes) {
  const next = { ...state };
  for (const [key, change] of Object.entries(changes)) {
    next[key] = KEYED.has(key) && plain(next[key]) && plain(change) ? mergeKeyed(next[key], change) : change;
  }
  return next;
}

function mergeKeyed(collection, change) {
  const next = { ...collection };
  for (const [id, one] of Object.entries(change)) {
    if (one === null) delete next[id];
    else next[id] = one;
  }
  return next;
}

const names = (by, op) => by.some((one) => one.dev === op.dev && one.seq === op.seq);

function applied(replica, event) {
  const pending = event.by?.length ? replica.pending.filter((op) => !names(event.by, op)) : replica.pending;
  return { ...replica, v: event.v, state: merge(replica.state, event.changes), pending };
}

// Events that came too early are applied as soon as what they waited for is there.
function catchUp(replica) {
  let current = replica;
  for (const event of [...replica.kept].sort((a, b) => a.v - b.v)) {
    if (event.e === current.e && event.p === current.v) current = applied(current, event);
  }
  const kept = current.kept.filter((event) => event.e !== current.e || event.v > current.v);
  return { ...current, kept };
}

/** Take one event: `[replica, verdict]`, the verdict being "ignored", "applied" or "gap" (then ask for a pull). */
export function receive(replica, event) {
  if (event.e === replica.e && event.v <= replica.v) return [replica, "ignored"];
  if (event.e === replica.e && event.p === replica.v) {
    const next = catchUp(applied(replica, event));
    return [next, next.kept.some((kept) => kept.e === next.e) ? "gap" : "applied"];
  }
  const doubled = replica.kept.some((kept) => kept.e === event.e && kept.v === event.v);
  const kept = doubled ? replica.kept : [...replica.kept, event].slice(-MAX_KEPT_EVENTS);
  return [{ ...replica, kept }, "gap"];
}

/** What an answer is known to contain: `by` names the last operation of each device in it; ours up to it wait no more. */
export function contains(replica, by = []) {
  const through = (op) => by.some((one) => one.dev === op.dev && one.seq >= op.seq);
  return { ...replica, pending: replica.pending.filter((op) => !through(op)) };
}

/** Take a snapshot `{e, v, state, by?}`, `by` as in `contains`. One that is older than what is known changes nothing,
 *  because events overtook it; but where it is older than the position `asked` with, the hub was set back, and we go along. */
export function adopt(replica, snapshot, asked = null) {
  const back = asked !== null && snapshot.e === asked.e && snapshot.v < asked.v;
  if (snapshot.e === replica.e && snapshot.v < replica.v && !back) return replica;
  const from = back ? { ...replica, kept: [] } : replica;
  return contains(catchUp({ ...from, e: snapshot.e, v: snapshot.v, state: snapshot.state }), snapshot.by);
}

/** Put an own operation `{id, dev, seq, kind, ...}` over the state until the stream names it; twice is once. */
export function propose(replica, op) {
  if (replica.pending.some((one) => one.id === op.id)) return replica;
  return { ...replica, pending: [...replica.pending, op] };
}

/** These and no others are pending: our numbers have begun anew. */
export const pend = (replica, ops) => ({ ...replica, pending: ops });

/** Take an operation back that was refused: `[replica, operation or null]`. */
export function reject(replica, id) {
  const refused = replica.pending.find((op) => op.id === id) ?? null;
  return [{ ...replica, pending: replica.pending.filter((op) => op.id !== id) }, refused];
}

/** What the screen shows: the state with the pending operations over it. `apply(state, op)` is pure. */
export function view(replica, apply) {
  return replica.state === null ? null : replica.pending.reduce(apply, replica.state);
}
