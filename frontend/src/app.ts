// Loaded by every page: styles, htmx, and the small behaviours that make server-rendered pages quick.
import "../node_modules/dkfds/dist/css/dkfds.css";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/dense.css";

import htmx from "htmx.org/dist/htmx.esm.js";
import { startChoices } from "./choices";
import { startDialogs } from "./dialogs";
import { startDrafts } from "./drafts";
import { startInbox } from "./inbox/inbox";
import { loadIslands } from "./islands/load";
import { startRefresh } from "./refresh";
import { csrfHeaders } from "./requests";
import { startTexts } from "./texts";

document.addEventListener("htmx:config:request", (event) => {
  const request = (event as CustomEvent).detail.ctx.request;
  Object.assign(request.headers, csrfHeaders());
});
document.addEventListener("htmx:after:swap", () => loadIslands(document));

startInbox(document, htmx);
startRefresh(document, htmx);
startDrafts(document);
startDialogs(document);
startChoices(document);
startTexts(document);
loadIslands(document);
