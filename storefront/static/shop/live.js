// The shopper's live data: one link to the hub, the streams `shopper:<id>` and `cart:<id>`, and what this phone wants done.
import { computed, effect, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { N_, sentence, t } from "kit/i18n.js";
import { createReplica } from "kit/replica.js";
import { connect } from "kit/socket.js";
import { toast } from "kit/ui.js";
import { effect as cartEffect } from "./cart_effect.js";
import { uuid7 } from "./ids.js";
import { createSender, unsent } from "./sender.js";
import { device, keep, remember, remembered, waiting } from "./stored.js";

const CART_WAIT_MS = 5000;

export const shopper = boot.shopper ?? null;

/** State of `shopper:<id>`, of the live cart (what waits laid over it), and ms of the newest scan in it. */
export const account = signal(null);
export const cart = signal(null);
export const scanned = signal(null);
/** When what is shown was last true, in ms of the hub's clock. */
export const known_at = signal(null);
export const ready = signal(!shopper);
const link = signal(null);

/** "guest", "connecting", "online", "offline" or "signed_out". */
export const status = computed(() => {
  if (!shopper) return "guest";
  const now = link.value;
  if (!now) return "connecting";
  if (["signed_out", "revoked"].includes(now.kicked.value)) return "signed_out";
  if (now.refused.value?.code === "unauthorised") return "signed_out";
  return now.status.value;
});
export const now = () => (link.value ? link.value.now() : Date.now());

const replicas = new Map();
let sender = null;
let me = null;
// The hub has a name of its own for this device, known after its greeting; here our operations are simply ours.
const OURS = "ours";
let called = "";

// Outside of the effect that asks for it, so that the effect hears only what it reads itself.
const later = (work, value) => queueMicrotask(() => work(value));
const frame = (work) => (document.hidden ? setTimeout(work, 0) : requestAnimationFrame(work));
const position = (replica) => {
  const { s, e, v } = replica.position();
  return { s, e: e ?? 0, v: Math.max(0, v) };
};

const named = (event) => ({
  ...event, by: (event.by ?? []).filter((one) => one.dev === called).map(({ seq }) => ({ dev: OURS, seq })),
});

const answered = () => sender?.through() ?? 0;

// An answer that was asked for after the hub had answered everything up to `through` contains all of that.
const holding = (answer, through) => ({
  ...answer, ...(answer.events && { events: answer.events.map(named) }), by: [{ dev: OURS, seq: through }],
});

function take(answer, through) {
  const replica = replicas.get(answer?.s);
  if (!replica || answer.error) return;
  replica.answered(holding(answer, through));
  known_at.value = now();
}

async function subscribe(streams) {
  const through = answered();
  const answer = await link.value.emit("sub", streams.map((stream) => position(replicas.get(stream))));
  answer.streams.forEach((one) => take(one, through));
}

async function follow(stream, shown) {
  const replica = createReplica({
    stream, apply: cartEffect,
    pull: async ({ s, e, v }) => {
      const through = answered();
      return holding(await link.value.emit("pull", { s, e: e ?? 0, v: Math.max(0, v) }), through);
    },
    settled: (op) => op.seq <= answered(),
    onRejected: (op, error) => toast({ kind: "attention", text: sentence(error) }),
  });
  replicas.set(stream, replica);
  const saved = await remembered(stream).catch(() => undefined);
  if (saved) {
    replica.adopt(saved);
    known_at.value ??= saved.at;
  }
  for (const row of await waiting(shopper.id)) {
    if (`cart:${row.op.cart}` === stream) replica.propose({ ...row.op, dev: OURS, seq: row.seq, shown: row.shown });
  }
  effect(() => {
    const state = replica.state.value;
    if (replicas.get(stream) !== replica || !state) return;
    shown.value = state;
    const { e, v } = replica.position();
    // What is kept is the hub's state alone; what waits is kept in the outbox and laid over it again.
    if (!replica.pending.value.length && status.peek() === "online") {
      remember({ stream, e, v, state, at: Math.round(now()) }).catch(() => {});
    }
  });
  if (link.value?.status.value === "online" && link.value.hello.value) await subscribe([stream]).catch(() => {});
}

// The live cart changes with each sale; the old one is left alone from then on.
function followCart(id) {
  const stream = `cart:${id}`;
  if (!id || replicas.has(stream)) return;
  for (const old of [...replicas.keys()].filter((name) => name.startsWith("cart:"))) {
    replicas.delete(old);
    link.value?.emit("unsub", [old]).catch(() => {});
  }
  scanned.value = null;
  follow(stream, cart);
}

function received(event) {
  const replica = replicas.get(event.s);
  if (!replica) return;
  replica.receive(named(event));
  // In the frame that paints the change (the replica asked for it first), so the stopwatch reads the clock after both.
  frame(() => {
    known_at.value = now();
    if (event.scan && event.s.startsWith("cart:")) scanned.value = event.scan;
  });
}

// The live cart's id. Who taps in the first moment of a page waits until the account is here, instead of being refused.
function liveCart() {
  return new Promise((resolve) => {
    const timer = setTimeout(() => known(), CART_WAIT_MS);
    const stop = effect(() => { if (account.value?.cart || status.value === "offline") queueMicrotask(known); });
    function known() {
      clearTimeout(timer);
      stop();
      resolve(account.peek()?.cart);
    }
  });
}

/** Ask for something to be done to the live cart: kept first, shown as pending, then sent. False where it cannot be. */
export async function act(kind, body, shown) {
  const target = await liveCart();
  if (!target || !me) {
    toast({ kind: "attention", text: t("Your cart is not here yet. Connect once and try again; nothing was lost.") });
    return false;
  }
  const op = { id: uuid7(), kind, ver: 1, at: Math.round(now()), cart: target, body };
  const row = await keep(shopper.id, op, shown);
  if (!row) {
    toast({ kind: "attention", text: t("Too much waits to be sent. Connect first; what waits is kept.") });
    return false;
  }
  replicas.get(`cart:${target}`)?.propose({ ...op, dev: OURS, seq: row.seq, shown });
  unsent.value += 1;
  sender?.flush();
  return true;
}

/** Add `quantity` thousandths of a product: `{item, names, unit, unit_price, quantity}`. */
export function add({ item, quantity, ...shown }) {
  return act("cart.add", { line: uuid7(), item, quantity, fulfilment: "collect", weighed: false }, shown);
}

async function greeted(hello) {
  called = hello.you?.dev ?? me.dev;
  sender.greeted(hello.last_seq ?? 0);
  await sender.flush();
  await subscribe([...replicas.keys()]).catch(() => {});
  ready.value = true;
}

async function start() {
  me = await device(shopper.id);
  unsent.value = (await waiting(shopper.id)).length;
  await follow(`shopper:${shopper.id}`, account);
  effect(() => later(followCart, account.value?.cart));
  let inc = me.inc;
  const made = connect({
    app: "phone",
    auth: () => {
      device(shopper.id).then((known) => { me = known; });
      inc = me.inc;
      return { proto: 1, version: "1", dev: me.dev, inc };
    },
  });
  sender = createSender({ shopper: shopper.id, link: made, inc: () => inc, onRejected: rejected });
  made.on("ev", received);
  made.on("heads", (heads) => {
    Object.entries(heads).forEach(([stream, v]) => replicas.get(stream)?.heads(v));
    known_at.value = now();
  });
  link.value = made;
  effect(() => { if (made.hello.value) later(greeted, made.hello.value); });
}

function rejected(id, error) {
  for (const replica of replicas.values()) replica.reject(id, error);
}

export const NO_STORAGE = N_("This browser keeps nothing for this page. Allow it to, so that no change is lost.");

if (shopper) start().catch(() => toast({ kind: "trouble", text: t(NO_STORAGE) }));
