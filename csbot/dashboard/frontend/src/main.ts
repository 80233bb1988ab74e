/** The agents' desk. */

import { createApp } from "vue";
import App from "./App.vue";
import { start } from "./desk";
import "./app.css";

createApp(App).mount("#desk");
void start(/^\/desk\/c\/([0-9a-f-]{36})/.exec(location.pathname)?.[1] ?? null);
