// What pages gain with JavaScript; each works without it.

// Times are told relative to now; the exact one stays in the title.
const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function relative(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  time.textContent = words.format(Math.round(seconds / size), unit);
}

document.querySelectorAll("time[datetime]").forEach(relative);

// "/" and Ctrl-K lead to the search.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("#search");
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (!search || typing) return;
  if (event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    search.focus();
  }
});
