// A short list that this browser keeps by itself, written at once; where it keeps nothing, the list is empty.

/** `{read(), write(rows)}` of the list under `key`; of more than `most` the oldest go. */
export const shortList = (key, most) => ({
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  },
  write(rows) {
    try {
      if (rows.length) localStorage.setItem(key, JSON.stringify(rows.slice(-most)));
      else localStorage.removeItem(key);
    } catch {
      // A browser that keeps nothing says so on every page.
    }
  },
});
