// How components reach the model.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { App } from "../model/app";
import type { Speech } from "../model/words/words";

const Context = createContext<App | null>(null);

export const AppProvider = Context.Provider;

export const useApp = (): App => {
  const app = useContext(Context);
  if (!app) throw new Error("view: component outside of AppProvider");
  return app;
};

/** The words, formats and language on screen; the component draws again when they change. */
export const useSpeech = (): Speech => useApp().speech.value;
