// The goods that quick keys, search and the kiosk's shelves show: pages of a department, or what a search found.
import { computed, signal } from "@preact/signals";
import { locale } from "kit/i18n.js";
import { act, departments } from "./till.js";

/** The departments in their order. */
export const shelves = computed(() => [...(departments.value ?? [])].sort((one, other) => one.ordinal - other.ordinal));

/** One window over the goods: `products`, `total`, `offset`, `department` and `query` are signals. */
export function createGoods() {
  const [products, total, offset, department, query] = [signal(null), signal(0), signal(0), signal(""), signal("")];
  let asked = 0;

  async function load(command, body) {
    const mine = ++asked;
    const found = await act(command, body);
    // Answers may overtake one another: only the last question counts.
    if (mine !== asked || !found) return;
    products.value = found.products;
    total.value = found.total ?? found.products.length;
  }

  function browse(id, from, limit) {
    [department.value, offset.value, query.value] = [id, from, ""];
    return load("browse", { department: id, offset: from, limit });
  }

  function search(text, limit) {
    query.value = text;
    offset.value = 0;
    return load("search", { q: text, language: locale, limit });
  }

  return { products, total, offset, department, query, browse, search };
}
