// Fetches what Python needs from the page's head, while the page itself is still being read. Python starts once the
// page's own scripts have run: before, each would hold up the other.

import { isMetered, prepare } from "./runtime.js";

if (!isMetered) prepare(document.getElementById("early").dataset);
