"use strict";
// Sorts and filters the table of students. Without it the page is complete, and the table a plain one.
(() => {
  const section = document.getElementById("students");
  const table = section.querySelector("table"), body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells], rows = [...body.rows];
  const collator = new Intl.Collator(undefined, { numeric: true });
  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function sort(column) {
    const head = heads[column], down = head.getAttribute("aria-sort") === "ascending";
    const text = row => row.cells[column].textContent;
    // Text that is not a number (not graded, unknown) sorts before 0.
    const number = row => { const value = parseFloat(text(row)); return Number.isNaN(value) ? -Infinity : value; };
    const key = head.classList.contains("n") ? number : text;
    const compare = key === text ? collator.compare : (one, other) => (one > other) - (one < other);
    const keyed = rows.map(row => [key(row), row]);
    keyed.sort(([one], [other]) => (down ? compare(other, one) : compare(one, other)));
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.replaceChildren(...keyed.map(([, row]) => row));
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });

  const filter = section.querySelector(".filter");
  const find = filter.querySelector("input"), only = filter.querySelector("select"), count = filter.querySelector("output");
  const names = rows.map(row => plain(row.cells[0].textContent));

  // The choices: "c" and a column with lost points, "m" and the number of a mistake, "r" for what to review.
  function fits(row, choice) {
    if (choice === "r") return "review" in row.dataset;
    if (choice.startsWith("c")) return row.cells[Number(choice.slice(1))].className !== "";
    if (choice.startsWith("m")) return (row.dataset.m || "").split(" ").includes(choice.slice(1));
    return true;
  }

  function show() {
    const wanted = plain(find.value.trim());
    let shown = 0;
    rows.forEach((row, index) => {
      row.hidden = !(names[index].includes(wanted) && fits(row, only.value));
      shown += !row.hidden;
    });
    count.textContent = `${shown} of ${rows.length} rows shown`;
  }

  find.addEventListener("input", show);
  only.addEventListener("change", show);
  filter.hidden = false;
  show();
})();
