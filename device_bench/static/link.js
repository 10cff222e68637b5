// The bench's state as signals, kept by the socket; orders and their answers.
import { signal } from "@preact/signals";
import { boot } from "kit/boot.js";
import { sentence } from "kit/i18n.js";
import { connect } from "kit/socket.js";
import { toast } from "kit/ui.js";

const WIRE_LIMIT = 60;
const PAPER_LIMIT = 600;
const ROLL_EVERY_MS = 34;
const ROLL_STEPS = 24;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const blank = () => ({ devices: signal(null), paper: signal([]), wire: signal([]), glass: signal(null), waiting: [], timer: 0 });

export const counters = Object.fromEntries(boot.terminals.map((terminal) => [terminal.id, blank()]));
export const terminals = boot.terminals.map((terminal) => ({ id: terminal.id, label: terminal.names[boot.locale] ?? terminal.id }));
const wanted = new URL(location.href).searchParams.get("terminal");
export const current = signal(counters[wanted] ? wanted : boot.terminals[0].id);
export const plug = signal({ ...boot.plug, busy: false });
export const link = connect({ app: "bench" });

/** Change to another terminal's counter; the address remembers it. */
export function show(id) {
  current.value = id;
  const here = new URL(location.href);
  here.searchParams.set("terminal", id);
  history.replaceState(null, "", here);
}

// A receipt arrives within milliseconds; it is shown as a roll that comes out of the slot, line by line.
function roll(counter) {
  const step = calm.matches ? counter.waiting.length : Math.ceil(counter.waiting.length / ROLL_STEPS);
  counter.paper.value = [...counter.paper.value, ...counter.waiting.splice(0, step)].slice(-PAPER_LIMIT);
  counter.timer = counter.waiting.length ? setTimeout(roll, ROLL_EVERY_MS, counter) : 0;
}

link.on("snapshot", ({ counters: known, plug: stands }) => {
  for (const [id, seen] of Object.entries(known)) {
    const counter = counters[id];
    clearTimeout(counter.timer);
    Object.assign(counter, { waiting: [], timer: 0 });
    counter.devices.value = seen.devices;
    counter.paper.value = seen.paper.slice(-PAPER_LIMIT);
    counter.wire.value = seen.wire.slice(-WIRE_LIMIT);
  }
  plug.value = { ...plug.value, ...stands };
});
link.on("line", ({ terminal, line }) => {
  const counter = counters[terminal];
  counter.waiting.push(line);
  if (!counter.timer) roll(counter);
});
link.on("torn", ({ terminal }) => { Object.assign(counters[terminal], { waiting: [] }).paper.value = []; });
link.on("devices", (devices) => { counters[devices.terminal].devices.value = devices; });
link.on("wire", ({ terminal, entry }) => {
  const { wire } = counters[terminal];
  wire.value = [...wire.value, entry].slice(-WIRE_LIMIT);
});
link.on("plug", (stands) => { plug.value = { ...plug.value, ...stands }; });

/** Give the bench an order for the current terminal; what is refused is shown, and `null` comes back. */
export async function order(name, values = {}, options = {}) {
  try {
    return await link.emit("order", { do: name, terminal: current.value, ...values }, options);
  } catch (error) {
    toast({ kind: "attention", text: sentence(error) });
    return null;
  }
}

/** Hold something before the scanner: `{text, aim?, picture?, name?}`. */
export async function scan(thing) {
  const counter = counters[current.value];
  const answer = await order("scan", { text: thing.text, ...(thing.aim ? { aim: thing.aim } : {}) });
  if (answer) counter.glass.value = { ...thing, at: performance.now() };
}
