// The shopper's live data: one link to the hub, the streams `shopper:<id>` and `cart:<id>`, and what this phone wants done.
import { computed, effect, signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { N_, sentence, t, tn } from "kit/i18n.js";
import { connect } from "kit/socket.js";
import { createStreams, OURS } from "kit/streams.js";
import { toast } from "kit/ui.js";
import { effect as cartEffect } from "./cart_effect.js";
import { uuid7 } from "./ids.js";
import { lookOver } from "./looking.js";
import { forgetPress, left, note } from "./pressed.js";
import { createSender, unsent } from "./sender.js";
import { createShown } from "./shown.js";
import { device, drop, keep, lasting, remember, remembered, rows, waiting } from "./stored.js";
import { createTabs } from "./tabs.js";

const CART_WAIT_MS = 5000;
const FLUSH_FIRST_MS = 1000;
const READ_STAY_MS = 120_000;

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
/** The hub serves this page's version of the protocol no more. */
export const outdated = computed(() => [link.value?.refused.value?.code, link.value?.kicked.value].includes("upgrade"));
export const now = () => (link.value ? link.value.now() : Date.now());

let [me, sender, streams, tabs] = [null, null, null, null];
// How many rows of the outbox there may be: a scan does not read the disk to learn that there are none.
let on_the_way = 0;

// Outside of the effect that asks for it, so that the effect hears only what it reads itself.
const later = (work, value) => queueMicrotask(() => work(value));
const frame = (work) => (document.hidden ? setTimeout(work, 0) : requestAnimationFrame(work));
const ours = (row) => ({ ...row.op, dev: OURS, seq: row.seq, shown: row.shown });
const within = (ms, work) => Promise.race([work, new Promise((resolve) => { setTimeout(resolve, ms); })]);

async function follow(stream, shown) {
  const replica = streams.follow(stream, {
    apply: cartEffect, onRejected: (op, error) => toast({ kind: "attention", text: sentence(error) }),
  });
  const saved = await remembered(stream).catch(() => undefined);
  if (saved) {
    replica.adopt(saved);
    known_at.value ??= saved.at;
  }
  await lay(stream);
  effect(() => {
    const [state, open] = [replica.state.value, replica.pending.value.length];
    if (streams.replicas.get(stream) !== replica || !state) return;
    shown.value = state;
    const { e, v } = replica.position();
    // What is kept is the hub's state alone; what waits is kept in the outbox and laid over it again.
    if (!open && status.peek() === "online") remember({ stream, e, v, state, at: Math.round(now()) }).catch(() => {});
    later(tidy);
  });
  streams.join();
}

// Everything that is on its way lies over the state of its stream, also what was answered and is not seen in it yet.
async function lay(stream) {
  const own = (await rows(shopper.id)).filter((row) => `cart:${row.op.cart}` === stream && !row.error);
  streams.replicas.get(stream)?.pend(own.map(ours));
}

// What was answered and is pending no more is contained in what is shown: its row has done its work.
async function tidy() {
  if (!on_the_way) return;
  const found = await rows(shopper.id);
  const open = new Set([...streams.replicas.values()].flatMap((one) => one.pendingNow().map((op) => op.seq)));
  const done = found.filter((row) => row.answered && !row.error && !open.has(row.seq));
  on_the_way = found.length - done.length;
  if (done.length) await drop(shopper.id, done.map((row) => row.seq));
}

// The live cart changes with each sale; the old one is left alone from then on.
function followCart(id) {
  const stream = `cart:${id}`;
  if (!id || streams.replicas.has(stream)) return;
  [...streams.replicas.keys()].filter((name) => name.startsWith("cart:")).forEach(streams.leave);
  scanned.value = null;
  follow(stream, cart);
}

// In the frame that paints the change (the replica asked for it first), so the stopwatch reads the clock after both.
function received(event) {
  frame(() => {
    known_at.value = now();
    if (!event.scan || !event.s.startsWith("cart:")) return;
    scanned.value = event.scan;
    if (!event.by?.some((one) => one.dev === link.value.hello.value?.you?.dev)) sample(now() - event.scan);
  });
}

const sample = createShown((samples) => link.value?.mention("shown", samples));

// Resolves when `true_now()` (which reads signals) holds, or after a while.
function soon(true_now) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => known(), CART_WAIT_MS);
    const stop = effect(() => { if (true_now()) queueMicrotask(known); });
    function known() {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

// The live cart's id. Who taps in the first moment of a page waits until the account is here, instead of being refused.
async function liveCart() {
  await soon(() => account.value?.cart || status.value === "offline");
  return account.peek()?.cart;
}

// A connection that is just being made is waited for.
async function soonOnline() {
  await soon(() => status.value === "online");
  return status.peek() === "online";
}

/** Ask for something to be done to the live cart: noted at once, kept, shown as pending, then sent. False where it cannot be. */
export async function act(kind, body, shown) {
  const pressed = { id: uuid7(), shopper: shopper?.id, kind, body, shown };
  note(pressed);
  try {
    return await carryOut(pressed);
  } finally {
    forgetPress(pressed.id);
  }
}

async function carryOut({ id, kind, body, shown }) {
  const target = await liveCart();
  if (!target || !me) {
    toast({ kind: "attention", text: t("Your cart is not here yet. Connect once and try again; nothing was lost.") });
    return false;
  }
  if (!lasting.value && !await soonOnline()) {
    toast({ kind: "attention", text: t("There is no connection, and this browser keeps nothing for later. Nothing was changed; connect and try again.") });
    return false;
  }
  const kept_before = lasting.value;
  const row = await keep(shopper.id, { id, kind, ver: 1, at: Math.round(now()), cart: target, body }, shown);
  if (!row) {
    toast({ kind: "attention", text: t("Too much waits to be sent. Connect first; what waits is kept.") });
    return false;
  }
  // No room on the phone: from here on the page is another device.
  if (kept_before && !lasting.value) await renewed();
  kept(row);
  if (lasting.value) tabs.tell({ kept: row });
  return true;
}

// The page on which it was pressed was left too soon. It keeps its id, so whatever of it arrived is not done twice.
async function carryOn(pressed) {
  const here = await rows(shopper.id);
  for (const one of pressed.filter(({ id }) => here.every((row) => row.op.id !== id))) await carryOut(one);
  pressed.forEach(({ id }) => forgetPress(id));
}

function kept(row) {
  streams.replicas.get(`cart:${row.op.cart}`)?.propose(ours(row));
  on_the_way += 1;
  unsent.value += 1;
  sender.flush();
}

/** Ask the hub what cannot wait for later, at `/v1/DOOR`: its answer. Throws the refusal; where nobody answered, the same once more does nothing twice. */
export async function ask(door, wanted) {
  const address = `/v1/${door}?app=phone&dev=${encodeURIComponent(me.dev)}&inc=${me.inc}`;
  const once = async () => {
    // Kept also where its page is left in the same moment.
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted), cache: "no-store", keepalive: true });
    return answer.json();
  };
  const answer = await once().catch(once).catch(() => ({ error: { code: "offline", message: N_("The hub did not answer. Nothing was taken; try again."), params: {} } }));
  if (answer.error) throw answer.error;
  return answer;
}

/** Have the hub set a coupon aside for the cart: what was held. */
export const claim = (wanted) => ask("hold", wanted);

/** Add `quantity` thousandths of a product: `{item, names, unit, unit_price, quantity, pack}`; `pack` where it is packs of so many. */
export function add({ item, quantity, pack, ...shown }) {
  return act("cart.add", { line: uuid7(), item, quantity, fulfilment: "collect", weighed: false, ...(pack && { pack }) }, shown);
}

async function answered(results) {
  for (const { id, error } of results.filter((one) => one.error)) {
    streams.replicas.forEach((replica) => replica.reject(id, error));
  }
  unsent.value = (await waiting(shopper.id)).count;
  await tidy();
}

// A refusal that a page was told and did not live to say.
async function sayRefused() {
  const refused = (await rows(shopper.id)).filter((row) => row.error);
  refused.forEach((row) => toast({ kind: "attention", text: sentence(row.error) }));
  await drop(shopper.id, refused.map((row) => row.seq));
}

async function settled(results, through) {
  tabs.tell({ settled: results, through });
  await answered(results);
  await drop(shopper.id, results.filter((one) => one.error).map((one) => one.seq));
}

async function renewed() {
  me = await device(shopper.id);
  await Promise.all([...streams.replicas.keys()].map(lay));
}

async function parted(lost) {
  tabs.tell({ renewed: true });
  await renewed();
  if (!lost) return;
  toast({ kind: "attention", stay_ms: READ_STAY_MS, text: tn(
    "The shop's computer was set back to an earlier state, and {n} change of yours is gone. Look over your cart.",
    "The shop's computer was set back to an earlier state, and {n} changes of yours are gone. Look over your cart.", lost) });
}

function heard(word) {
  if (word.kept) kept(word.kept);
  if (word.settled) {
    sender.heard(word.through);
    answered(word.settled);
  }
  if (word.renewed) renewed().then(() => sender.flush());
}

async function start() {
  const unfinished = left(shopper.id);
  me = await device(shopper.id);
  on_the_way = (await rows(shopper.id)).length;
  unsent.value = (await waiting(shopper.id)).count;
  let said = { dev: me.dev, inc: me.inc };
  const made = connect({
    app: "phone", twins: true,
    auth: () => {
      device(shopper.id).then((known) => { me = known; });
      said = { dev: me.dev, inc: me.inc };
      return { version: "1", ...said };
    },
  });
  sender = createSender({ shopper: shopper.id, link: made, said: () => said, settled, parted });
  tabs = createTabs(shopper.id, heard);
  streams = createStreams(made, {
    through: () => sender.through(), onEvent: received, onTaken: () => { known_at.value = now(); },
    // What waits goes first, so that the answer holds it; but nobody waits long for another tab that is sending.
    prepare: async (hello) => { await within(FLUSH_FIRST_MS, sender.greeted(hello)); ready.value = true; },
  });
  link.value = made;
  lookOver(made, () => account.value?.cart);
  await follow(`shopper:${shopper.id}`, account);
  effect(() => later(followCart, account.value?.cart));
  made.on("heads", () => { if (unsent.peek()) sender.flush(); });
  await sayRefused();
  await carryOn(unfinished);
}

if (shopper) start();
