// The same as `stored.js` keeps, for a browser that keeps nothing: gone with the page, so nothing waits here for long.
import { uuid7 } from "./ids.js";

/** A store with the methods of `database.js`, empty. */
export function openMemory() {
  const [devices, outbox, states] = [new Map(), new Map(), new Map()];
  const rows = async () => [...outbox.values()].sort((a, b) => a.seq - b.seq);

  async function device(shopper) {
    if (!devices.has(shopper)) devices.set(shopper, { shopper, dev: `phone-${uuid7()}`, inc: 1, seq: 0, through: 0 });
    return devices.get(shopper);
  }

  return {
    device,
    rows,
    async keep(shopper, op, shown) {
      const known = await device(shopper);
      const row = { shopper, seq: known.seq + 1, op, shown };
      devices.set(shopper, { ...known, seq: row.seq });
      outbox.set(row.seq, row);
      return row;
    },
    async settle(shopper, results, through) {
      const known = await device(shopper);
      devices.set(shopper, { ...known, through: Math.max(known.through, through) });
      for (const { seq, error } of results) {
        if (outbox.has(seq)) outbox.set(seq, { ...outbox.get(seq), answered: true, error });
      }
    },
    async drop(shopper, seqs) { seqs.forEach((seq) => outbox.delete(seq)); },
    async renew(shopper) {
      const [known, kept] = [await device(shopper), (await rows()).filter((row) => !row.error)];
      outbox.clear();
      kept.forEach((row, index) => outbox.set(index + 1, { ...row, seq: index + 1, answered: false, renewed: true }));
      devices.set(shopper, { ...known, inc: known.inc + 1, seq: kept.length, through: 0 });
    },
    async remembered(stream) { return states.get(stream); },
    async remember(saved) { states.set(saved.stream, saved); },
    async forget() { outbox.clear(); states.clear(); },
  };
}
