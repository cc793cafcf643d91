// On every page: the name of who works here without keys, what the page before had to say, and
// the pages that wait.
import { askName, localName, tell } from "./api.js";

const place = document.getElementById("local-name");
if (place) {
  const show = () => {
    const button = document.createElement("button");
    button.className = "plain";
    button.textContent = localName() ? `${localName()} (this machine)` : "this machine: say who you are";
    button.addEventListener("click", () => askName().catch(() => {}));
    place.replaceChildren(button);
  };
  show();
  document.addEventListener("named", show);
}

const told = sessionStorage.getItem("told later");
if (told) {
  sessionStorage.removeItem("told later");
  tell(told);
}

const insecure = document.getElementById("insecure");
if (insecure) insecure.hidden = window.isSecureContext;

if (document.getElementById("again")) setTimeout(() => location.reload(), 3000);
