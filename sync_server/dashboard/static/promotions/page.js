// The page "promotions": the list, or one of them, by what stands behind the sign # in the address.
import { useEffect } from "preact/hooks";
import { html } from "kit/ui.js";
import { draft, open } from "./draft.js";
import { Edit } from "./edit.js";
import { List, load } from "./list.js";

/** `place` is what follows "promotions/": an id, "new", or nothing for the list. */
export function Promotions({ place }) {
  useEffect(() => {
    // A copy is a new one that is in the fields already.
    if (place === "new" && draft.value && draft.value.version === 0 && draft.value.names.en) return;
    if (place) open(place === "new" ? "" : place);
    else load();
  }, [place]);
  return place ? html`<${Edit} />` : html`<${List} />`;
}
