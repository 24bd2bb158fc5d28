// What pages gain with JavaScript; each works without it.

// Times are told relative to now, and stay true; the exact one is in the title.
const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function relative(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  time.textContent = words.format(Math.round(seconds / size), unit);
}

const refresh = () => document.querySelectorAll("time[datetime]").forEach(relative);
refresh();
setInterval(refresh, 30_000);

// The menu closes when one is elsewhere.
const menu = document.querySelector("details.me");
const close = () => menu?.removeAttribute("open");
for (const elsewhere of ["pointerdown", "focusin"]) {
  document.addEventListener(elsewhere, (event) => menu?.contains(event.target) || close());
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    close();
    menu.querySelector("summary").focus();
  }
  // "/" and Ctrl-K lead to the search.
  const search = document.querySelector("#search");
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (search && !typing && (event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey)))) {
    event.preventDefault();
    search.focus();
  }
});
