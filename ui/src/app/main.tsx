import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followTouched } from "../lib/call";
import { createClient } from "../lib/client";
import { refuseStrayFiles } from "../lib/files";
import { applyPrefs, followSystemTheme } from "../lib/prefs";
import "@fontsource-variable/inter";
import "../styles/app.css";
import { App } from "./App";

applyPrefs();
followSystemTheme();
refuseStrayFiles();
const client = createClient();
void followTouched(client);
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}
