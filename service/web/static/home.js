// How much review waits; asked for after the page is there, for counting takes a while.
import { api, localName } from "./api.js";

const who = document.querySelector("meta[name=person]").content || localName() || "nobody yet";
const count = document.getElementById("review-count");
const words = document.getElementById("review-words");

api("GET", `/v1/review/progress?by=${encodeURIComponent(who)}`).then((found) => {
  count.textContent = found.telling.toLocaleString("en");
  words.textContent = `${found.telling === 1 ? "pair" : "pairs"} whose answer tells something, of ${found.open_pairs.toLocaleString("en")} open`
    + (found.own_today ? `; you answered ${found.own_today} today` : "");
}, () => {
  count.textContent = "?";
  words.textContent = "How much waits cannot be counted now.";
});
