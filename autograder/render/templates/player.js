"use strict";
// Steps through a student's own numbers, one after another. Without it, the picture and the table show all of them.
for (const player of document.querySelectorAll(".player")) {
  const rows = [...player.querySelectorAll("tbody tr")];
  const stop = rows.findIndex(row => row.dataset.stop !== undefined);
  const last = stop < 0 ? rows.length - 1 : stop;
  const place = new Map(rows.map((row, index) => [row.dataset.of, index]));
  const parts = [...player.querySelectorAll("svg [data-of]")];
  const controls = player.querySelector(".controls"), now = player.querySelector(".now");
  const [start, back, play, next] = controls.querySelectorAll("button");
  const count = controls.querySelector("output");
  let at = -1, timer = 0;

  function pause() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  // Before the first step nothing is shown but the graph.
  function go(to) {
    at = Math.max(-1, Math.min(to, last));
    for (const part of parts) {
      const own = place.get(part.dataset.of);
      part.classList.toggle("later", own > at);
      part.classList.toggle("current", own === at);
    }
    rows.forEach((row, index) => row.classList.toggle("current", index === at));
    start.disabled = back.disabled = at < 0;
    next.disabled = at >= last;
    if (at >= last) pause();
    count.textContent = `Step ${at + 1} of ${rows.length}`;
    const shown = at < 0 ? [] : [...rows[at].cells].map(cell => {
      const copy = document.createElement("div");
      copy.className = cell.className;
      copy.append(...[...cell.childNodes].map(node => node.cloneNode(true)));
      return copy;
    });
    now.querySelector(".step").replaceChildren(...shown);
    now.querySelector(".begin").hidden = at >= 0;
    now.querySelector(".stop").hidden = at !== stop || at < 0;
    now.querySelector(".end").hidden = at !== rows.length - 1 || stop >= 0;
  }

  // On a phone the picture is taller than the screen.
  function follow() {
    const current = parts.find(part => part.classList.contains("current") && part.getClientRects().length);
    if (current && matchMedia("(max-width: 36rem)").matches) current.scrollIntoView({ block: "center", inline: "center" });
  }

  const actions = new Map([
    [start, () => go(-1)],
    [back, () => go(at - 1)],
    [next, () => go(at + 1)],
  ]);
  for (const [button, action] of actions) button.addEventListener("click", () => { pause(); action(); follow(); });
  play.addEventListener("click", () => {
    if (timer) return pause();
    if (at >= last) go(-1);
    play.textContent = "Pause";
    timer = setInterval(() => { go(at + 1); follow(); }, 1500);
    go(at + 1);
    follow();
  });
  player.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    pause();
    go(at + step);
    follow();
  });
  for (const part of parts)
    part.addEventListener("click", () => { pause(); go(place.get(part.dataset.of)); });
  player.querySelector(".steps").open = false;
  controls.hidden = now.hidden = false;
  go(-1);
}
