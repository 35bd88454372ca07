// Constructs the page and nothing else.
import { render } from "preact";
import { bind } from "./input/bind";
import { App } from "./view/App";

const root = document.getElementById("app");
if (root) {
  bind();
  render(<App />, root);
}
