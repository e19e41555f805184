// Small comforts. Every page works without them.
(() => {
  "use strict";

  // Fold rows of the map in place, keeping the address in step.
  const map = document.querySelector("table.map");
  if (map) {
    const rows = [...map.tBodies[0].rows];
    const folded = () => new URL(location.href).searchParams.getAll("fold");
    const draw = (slugs) => rows.forEach((row) => {
      const above = row.dataset.above ? row.dataset.above.split(" ") : [];
      row.hidden = above.some((slug) => slugs.includes(slug));
      const link = row.querySelector(".fold");
      if (!link) return;
      const closed = slugs.includes(row.dataset.slug);
      link.setAttribute("aria-expanded", String(!closed));
      link.setAttribute("aria-label", `${closed ? "Unfold" : "Fold"} ${row.cells[0].lastElementChild.textContent}`);
      link.firstElementChild.textContent = closed ? "+" : "\u2212";
    });
    map.addEventListener("click", (event) => {
      const link = event.target.closest(".fold");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const slug = link.closest("tr").dataset.slug;
      const url = new URL(location.href);
      const slugs = folded();
      url.searchParams.delete("fold");
      const next = slugs.includes(slug) ? slugs.filter((one) => one !== slug) : [...slugs, slug];
      next.forEach((one) => url.searchParams.append("fold", one));
      history.replaceState(null, "", url);
      draw(next);
    });
  }

  // On a narrow screen the map comes before its filters; on paper nothing stays folded.
  const box = document.querySelector(".filter-box");
  if (box && matchMedia("(max-width: 36rem)").matches && !document.querySelector(".clear")) box.open = false;
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.rest:not([open])")];
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));

  // Copy a citation.
  document.querySelectorAll("button.copy").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
      button.textContent = "Copied";
    });
  });

  // A claim in the text and its note in the margin light up together.
  document.querySelectorAll("a.cl[aria-describedby]").forEach((link) => {
    const note = document.getElementById(link.getAttribute("aria-describedby"));
    if (!note) return;
    const mark = (on) => () => note.classList.toggle("on", on);
    for (const [name, on] of [["focus", true], ["mouseenter", true], ["blur", false], ["mouseleave", false]]) link.addEventListener(name, mark(on));
  });
})();
