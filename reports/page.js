"use strict";
// Filters, the deadline, and the detail of a cell. The page says everything without it too.
(() => {
  const $ = (id) => document.getElementById(id);
  const holder = $("data");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  const cells = [...document.querySelectorAll(".matrix tbody td")];

  // ---- times, as the report spells them
  const units = [[3600e9, "h"], [60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
  const say = (ns) => {
    if (ns < 0) return "-" + say(-ns);
    if (ns >= 3600e9) return `${Math.floor(ns / 3600e9)} h ${Math.round((ns % 3600e9) / 60e9)} min`;
    if (ns >= 120e9) return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
    const [size, unit] = units.slice(2).find(([s]) => ns >= s) || [1, "ns"];
    return `${Number((ns / size).toPrecision(3))} ${unit}`;
  };

  // ---- what is shown
  const filter = () => {
    const { value: traffic } = $("traffic"), { value: rows } = $("rows"), { value: group } = $("columns");
    for (const profile of document.querySelectorAll(".profile"))
      profile.hidden = traffic !== "" && profile.dataset.traffic !== traffic;
    for (const row of document.querySelectorAll(".matrix tbody tr")) row.hidden = rows !== "" && !row.classList.contains(rows);
    for (const one of document.querySelectorAll(".matrix [data-g]")) one.hidden = group !== "" && one.dataset.g !== group;
    count();
  };

  // ---- the deadline: from 10 ms to 3 h, then none
  const steps = Number($("deadline").max);
  const limit = () => {
    const step = Number($("deadline").value);
    return step === steps ? Infinity : 1e7 * Math.pow(10800 / 0.01, step / (steps - 1));
  };
  const count = () => {
    for (const row of document.querySelectorAll(".matrix tbody tr")) {
      const measured = [...row.querySelectorAll("td[class]:not([hidden]):not(.right):not(.blank):not(.skipped):not(.invalid)")];
      const right = measured.filter((cell) => "right" in cell.dataset && !cell.classList.contains("late"));
      row.lastElementChild.textContent = measured.length ? `${right.length}/${measured.length}` : "not run";
    }
  };
  const recolour = () => {
    const most = limit();
    $("limit").textContent = most === Infinity ? "any time" : say(most);
    for (const cell of cells) cell.classList.toggle("late", "ns" in cell.dataset && Number(cell.dataset.ns) > most);
    count();
    if (!$("detail").hidden) open(location.hash);
  };

  // ---- the detail of a cell
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const picture = (trials, most) => {
    const space = "http://www.w3.org/2000/svg";
    const draw = (name, attributes, text) => {
      const made = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      return made;
    };
    const width = 560, left = 10, right = 470, from = Math.log10(1e4), to = Math.log10(10800e9);
    const x = (ns) => left + (Math.min(Math.max(Math.log10(Math.max(ns, 1e4)), from), to) - from) / (to - from) * (right - left);
    const height = 34 + 14 * trials.length;
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "every trial on a logarithmic axis; the table below has the numbers" });
    for (const [ns, name] of [[1e4, "10µs"], [1e6, "1ms"], [1e8, "100ms"], [1e9, "1s"], [1e10, "10s"], [6e10, "1min"], [36e11, "1h"]]) {
      svg.append(draw("line", { class: "axis", x1: x(ns), x2: x(ns), y1: 18, y2: height, "stroke-width": 0.5 }));
      svg.append(draw("text", { x: x(ns), y: 12, "text-anchor": "middle" }, name));
    }
    svg.append(draw("text", { x: right + 8, y: 12 }, "no time"));
    trials.forEach((trial, i) => {
      const y = 28 + 14 * i;
      if (trial.w && trial.w[1] > 0) svg.append(draw("rect", { class: "window", x: x(trial.w[0]), width: Math.max(2, x(trial.w[1]) - x(trial.w[0])), y: y - 5, height: 10 }));
      if (trial.t === undefined) svg.append(draw("text", { x: right + 14, y: y + 4 }, trial.o === "quiet" ? "– quiet" : "▷ " + trial.o));
      else if (trial.t < 0) svg.append(draw("text", { x: right + 14, y: y + 4 }, "◁ before"));
      else svg.append(draw("circle", { class: "trial", cx: x(trial.t), cy: y, r: 4 }));
    });
    if (most !== Infinity) svg.append(draw("line", { class: "deadline", x1: x(most), x2: x(most), y1: 18, y2: height, "stroke-width": 2 }));
    return svg;
  };
  const table = (trials, horizon) => {
    const made = element("table");
    const head = made.createTHead().insertRow();
    for (const name of ["trial", "said", "after", "predicted", "by"]) head.append(element("th", name, { scope: "col" }));
    const body = made.createTBody();
    for (const trial of trials) {
      const row = body.insertRow();
      const window = trial.w ? `${say(trial.w[0])} to ${say(trial.w[1])}` : "";
      for (const text of [trial.r, trial.o, trial.t === undefined ? `not in ${say(horizon)}` : say(trial.t), window, trial.s === undefined ? "" : data.texts[trial.s]])
        row.append(element("td", text));
    }
    const scroll = element("div", undefined, { class: "scroll", tabindex: "0" });
    scroll.append(made);
    return scroll;
  };
  let opener = null;
  const close = () => {
    $("detail").hidden = true;
    for (const cell of cells) cell.classList.remove("open");
  };
  function open(hash) {
    const key = decodeURIComponent(hash.slice("#cell=".length));
    const cell = hash.startsWith("#cell=") ? data.cells[key] : undefined;
    close();
    if (!cell) return false;
    const link = cells.map((one) => one.firstElementChild).find((one) => one && one.getAttribute("href") === "#cell=" + key);
    const [spec, scenario, traffic] = key.split("/");
    if (link) {
      opener = link;
      link.parentElement.classList.add("open");
    }
    $("detail-title").textContent = link ? link.getAttribute("aria-label") : `${spec}, ${scenario}`;
    const body = $("detail-body");
    body.replaceChildren(element("p", cell.x));
    if (cell.y !== undefined) body.append(element("p", `By the rule: ${data.texts[cell.y]}.`));
    if (cell.t)
      body.append(picture(cell.t, limit()),
        element("p", "A dot is a trial, the band what was predicted for it, on a logarithmic axis from the fault on; ▷ said nothing while it was watched, ◁ spoke before the fault; the dashed line is the deadline.", { class: "how" }),
        table(cell.t, cell.h));
    body.append(element("pre", `halfopen explain ${scenario} ${spec}\nhalfopen run ${scenario} ${spec} --traffic ${traffic}`, { tabindex: "0" }));
    $("detail").hidden = false;
    return true;
  }
  const follow = () => {
    if (!open(location.hash)) return;
    const profile = opener && opener.closest(".profile");
    if (profile && profile.hidden) {
      $("traffic").value = profile.dataset.traffic;
      filter();
    }
    $("detail-title").focus({ preventScroll: true });
  };
  const leave = () => {
    close();
    history.replaceState(null, "", "#");
    if (opener) opener.focus();
  };

  // ---- the keyboard: one stop for each matrix, arrows inside it
  const links = (row) => [...row.querySelectorAll("td:not([hidden]) a")];
  const step = (from, down, across) => {
    const row = from.closest("tr"), at = from.parentElement.cellIndex;
    if (across) {
      const all = links(row);
      return all[all.indexOf(from) + across];
    }
    for (let next = row; (next = down > 0 ? next.nextElementSibling : next.previousElementSibling);) {
      const found = !next.hidden && next.cells[at] && next.cells[at].querySelector("a");
      if (found) return found;
    }
    return undefined;
  };
  for (const matrix of document.querySelectorAll(".matrix")) {
    const all = [...matrix.querySelectorAll("tbody a")];
    all.forEach((link, i) => { link.tabIndex = i ? -1 : 0; });
    matrix.addEventListener("keydown", (event) => {
      const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
      if (!moves[event.key] || event.target.tagName !== "A") return;
      event.preventDefault();
      const to = step(event.target, ...moves[event.key]);
      if (!to) return;
      event.target.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("detail").hidden) leave(); });

  // ---- what is taken along
  const tsv = () => [...document.querySelectorAll(".profile:not([hidden]) .matrix")].map((matrix) =>
    [...matrix.rows].slice(1).filter((row) => !row.hidden)
      .map((row) => [...row.cells].filter((cell) => !cell.hidden).map((cell) => cell.textContent.trim()).join("\t")).join("\n")).join("\n\n");
  $("tsv").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(tsv());
      $("tsv").textContent = "copied";
    } catch {
      $("tsv").textContent = "the browser does not allow it";
    }
    setTimeout(() => { $("tsv").textContent = "copy as TSV"; }, 2000);
  });

  for (const id of ["traffic", "rows", "columns"]) $(id).addEventListener("change", filter);
  $("deadline").addEventListener("input", recolour);
  $("theme").addEventListener("change", () => { document.documentElement.dataset.theme = $("theme").value; });
  $("close").addEventListener("click", leave);
  window.addEventListener("hashchange", follow);
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("controls").hidden = false;
  filter();
  follow();
})();
