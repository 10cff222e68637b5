// The promotion that is being made or changed: what was looked at, what it is now, and what the hub says of it.
import { computed, signal } from "@preact/signals";
import { ask } from "../ask.js";

const ALL_GOODS = { items: [], departments: [], families: [], but: [] };
export const all_goods = () => structuredClone(ALL_GOODS);

const EMPTY = {
  id: "", version: 0, names: { en: "", ru: "" }, conditions: [], lane: 10, groups: [], begin: "", end: "", coupon: false, paused: true,
  benefit: { kind: "each_unit", calculator: { kind: "percent", hundredths: 1000 }, on: ALL_GOODS, most: 0 },
};

/** As it was looked at, and as it is now. */
export const base = signal(null);
export const draft = signal(null);
export const versions = signal([]);
export const refusal = signal(null);
export const conflict = signal(null);
export const busy = signal("");

/** What the fields are chosen from; null until the hub has said it. */
export const words = signal(null);

/** Names of products by their ids, of those that were asked for. */
export const goods = signal({});

/** Names of families by their ids: of the products in sizes and colours that were asked for. */
export const families = signal({});

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
export const changed = computed(() => draft.value !== null && !same(draft.value, base.value));

export const change = (part) => (draft.value = { ...draft.value, ...part });
export function keep_goods(found) {
  goods.value = { ...goods.value, ...Object.fromEntries(found.map((one) => [one.id, one])) };
  families.value = { ...families.value, ...Object.fromEntries(found.filter((one) => one.family).map((one) => [one.family, one.family_names])) };
}

function begin(body, history = []) {
  [base.value, draft.value, versions.value] = [body, structuredClone(body), history];
  [refusal.value, conflict.value] = [null, null];
}

// What stands in the lists of these names, however deep.
const named_in = (value, names, key = "") => {
  if (Array.isArray(value)) return value.flatMap((one) => (typeof one === "string" ? (names.includes(key) ? [one] : []) : named_in(one, names)));
  if (value && typeof value === "object") return Object.entries(value).flatMap(([name, one]) => (name === "item" && names.includes("items") ? [one] : named_in(one, names, name)));
  return [];
};

/** Ask for the names of all products and families that these promotions name. */
export async function name_goods(bodies) {
  const lacking = (names, known) => [...new Set(bodies.flatMap((body) => named_in([body.benefit, body.conditions], names)))].filter((id) => id && !(id in known));
  const [items, kinds] = [lacking(["items", "but"], goods.value), lacking(["families"], families.value)];
  if (!items.length && !kinds.length) return;
  const { answer } = await ask(`promotions/goods?ids=${encodeURIComponent(items.join(","))}&families=${encodeURIComponent(kinds.join(","))}`);
  if (answer) keep_goods(answer.goods);
}

export async function load_words() {
  if (!words.value) words.value = (await ask("promotions/words")).answer ?? null;
}

/** Open a new promotion (`id` empty), or one that there is. */
export async function open(id) {
  begin(null);
  await load_words();
  if (!id) return begin(EMPTY);
  const { answer, error } = await ask(`promotions/of/${encodeURIComponent(id)}`);
  if (error) return void (refusal.value = error);
  begin(answer.body, answer.versions);
  await name_goods([answer.body]);
}

/** A new one that begins as a copy of another. */
export function copy(body) {
  begin({ ...EMPTY, ...structuredClone(body), id: "", version: 0, paused: true });
}

/** Save the draft: its id, or null where it was refused; where somebody else was first, `conflict` holds what they made. */
export async function save(part = {}) {
  [busy.value, refusal.value] = ["save", null];
  change(part);
  const { answer, error } = await ask("promotions", { promotion: draft.value });
  if (error?.code === "promotion.changed" && draft.value.id) {
    const theirs = await ask(`promotions/of/${encodeURIComponent(draft.value.id)}`);
    if (theirs.answer) conflict.value = theirs.answer;
  }
  busy.value = "";
  if (error) {
    refusal.value = error;
    return null;
  }
  await open(answer.id);
  return answer.id;
}

/** Pause, run, end or withdraw the version that was looked at: whether it was done. */
export async function turn(id, version, to) {
  [busy.value, refusal.value] = [to, null];
  const { error } = await ask(`promotions/of/${encodeURIComponent(id)}/switch`, { version, to });
  [busy.value, refusal.value] = ["", error ?? null];
  return error ?? null;
}

const PARTS = ["names", "benefit", "conditions", "lane", "groups", "begin", "end", "coupon", "paused"];

/** Part by part, what they and what we changed since we both looked at the same: `[{what, before, theirs, ours, both}]`. */
export function differences() {
  const theirs = conflict.value.body;
  return PARTS.map((what) => ({ what, before: base.value[what], theirs: theirs[what], ours: draft.value[what] }))
    .map((one) => ({ ...one, they: !same(one.theirs, one.before), we: !same(one.ours, one.before) }))
    .filter((one) => one.they || one.we);
}

/** Go on from what they made, with our changes on top (`mine`) or without them. Nothing is saved yet. */
export function take_theirs(mine) {
  const { body, versions: history } = conflict.value;
  const ours = mine ? Object.fromEntries(differences().filter((one) => one.we).map((one) => [one.what, one.ours])) : {};
  begin(body, history);
  change(ours);
}
