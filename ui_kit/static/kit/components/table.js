import { useRef } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";

const NEXT = { ascending: "descending", descending: "ascending" };

/** A table for people: sortable heads, rows reachable by arrow keys, Enter opens.
 *
 * `columns = [{key, label, end?, sortable?, show?(row)}]`; `rows` are objects, `row_key(row)` names them; `sort =
 * {key, direction: "ascending"|"descending"}` with `onSort(sort)`: the caller sorts. `empty` stands where no row is.
 * With `cards` each row is a card where the table is narrow, so that nothing has to be pushed sideways.
 */
export function Table({ columns, rows, row_key = (row) => row.id, caption, sort, onSort, onOpen, empty, cards = false }) {
  const body = useRef(null);
  const move = (event) => {
    const here = [...body.current.children].indexOf(event.target);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || here < 0) return;
    event.preventDefault();
    body.current.children[Math.min(rows.length - 1, Math.max(0, to))]?.focus();
  };
  const head = (column) => {
    const direction = sort?.key === column.key ? sort.direction : undefined;
    if (!column.sortable) return html`<th scope="col" class=${column.end ? "end" : ""}>${column.label}</th>`;
    const press = () => onSort({ key: column.key, direction: NEXT[direction] ?? "ascending" });
    return html`<th scope="col" class=${column.end ? "end" : ""} aria-sort=${direction ?? "none"}>
      <button type="button" class="table-sort" onClick=${press}>${column.label}
      <${Icon} name=${direction === "descending" ? "arrow-down" : direction ? "arrow-up" : "arrow-up-down"} /></button></th>`;
  };
  // A card is no table any more for the browser; the roles say that it still is one, where there is any row.
  const role = (name) => (cards && rows.length ? name : undefined);
  return html`<div class=${`table-frame ${cards ? "as-cards" : ""}`} tabindex="0" role="region" aria-label=${caption}><table class="table" role=${role("table")}>
    <caption class="seen-by-readers">${caption}</caption>
    <thead role=${role("rowgroup")}><tr role=${role("row")}>${columns.map(head)}</tr></thead>
    <tbody ref=${body} onKeyDown=${move} role=${role("rowgroup")}>${rows.map((row) => html`<tr key=${row_key(row)} tabindex=${onOpen ? 0 : undefined} role=${role("row")}
      class=${onOpen ? "openable" : ""} onClick=${onOpen && (() => onOpen(row))}
      onKeyUp=${onOpen && ((event) => event.key === "Enter" && event.target === event.currentTarget && onOpen(row))}>
      ${columns.map((column) => html`<td role=${role("cell")} data-label=${cards ? column.label : undefined} class=${column.end ? "end amount" : ""}>${column.show ? column.show(row) : row[column.key]}</td>`)}</tr>`)}</tbody>
  </table>${rows.length === 0 && empty}</div>`;
}
